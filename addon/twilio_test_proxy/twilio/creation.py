"""What every resource's creation is given, and what it gives back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from .forms import Form
from .responses import Format, Value
from .routes import API_VERSION


@dataclass(frozen=True, slots=True)
class Creation:
    """A POST to a list resource, its credentials already accepted."""

    account_sid: str
    form: Form
    format_: Format
    now: datetime

    def uri(self, path: str) -> str:
        """The URI of a resource below the account: ends with `.json` in JSON, without extension in XML."""
        extension = ".json" if self.format_ is Format.JSON else ""
        return f"/{API_VERSION}/Accounts/{self.account_sid}/{path}{extension}"


@dataclass(frozen=True, slots=True)
class Created:
    """The new resource: the name of its XML element, and its fields in Twilio's order."""

    element: str
    fields: Mapping[str, Value]
