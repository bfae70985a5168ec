import pytest

from twilio_test_proxy.cassettes.fields import NOISE_HEADERS, SCRUBBED, SECRET_HEADERS, is_secret_header, is_secret_name


@pytest.mark.parametrize(
    "name",
    [
        "auth_token", "AuthToken", "secondary_auth_token", "auth-token", "secret", "Secret", "client_secret",
        "ApiKeySecret", "api_key_secret", "password", "Password",
        "SipAuthPassword", "access_token", "refresh_token",
        "token", "Token",
        "credential", "PrivateKey", "ApiKey", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "sig",
        "jwt", "binding[secret]",
    ],
)  # fmt: skip
def test_a_field_of_this_name_holds_a_secret(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "To", "From", "Body", "sid", "account_sid", "PageToken", "page_token", "next_page_uri", "auth_type",
        "credential_sid", "CredentialListSid", "SipAuthUsername",
        "status", "Url", "api_version", "token_count", "secrets_count",
        "AuthTokenSid",
    ],
)  # fmt: skip
def test_a_field_of_this_name_holds_none(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["Authorization", "Set-Cookie", "X-Access-Token", "X-Auth-Secret", "x-api-secret", "Api-Key", "X-Api-Key",
     "X-Auth-Token", "X-Amz-Security-Token", "X-Twilio-Signature", "Authentication-Info"],
)  # fmt: skip
def test_a_header_of_this_name_holds_a_secret(name: str) -> None:
    assert is_secret_header(name)


@pytest.mark.parametrize(
    "name",
    ["Date", "ETag", "Location", "Content-Type", "WWW-Authenticate", "X-Twilio-Email-Event-Webhook-Timestamp",
     "Access-Control-Allow-Credentials", "Idempotency-Key", "Public-Key-Pins"],
)  # fmt: skip
def test_a_header_of_this_name_holds_none(name: str) -> None:
    assert not is_secret_header(name)


def test_header_names_are_lower_case_and_in_one_table_only() -> None:
    assert {name.lower() for name in SECRET_HEADERS | NOISE_HEADERS} == SECRET_HEADERS | NOISE_HEADERS
    assert not SECRET_HEADERS & NOISE_HEADERS


def test_what_stands_for_a_secret_needs_no_escaping() -> None:
    assert SCRUBBED.isalpha()
    assert SCRUBBED.isascii()
