import json
import os
import ssl
from pathlib import Path

import pytest
import trustme

from isolation import inside
from twilio_test_proxy.certificates.truststore import java_truststore
from twilio_test_proxy.isolation import mounts


def pem() -> str:
    return trustme.CA().cert_pem.bytes().decode()


@pytest.mark.parametrize("end", ["", "\n", "\n\n"], ids=["no newline", "newline", "blank line"])
def test_bundle_with_one_more_authority(end: str) -> None:
    old, new = pem(), pem()
    bundle = mounts.with_certificate(f"# comment\n{old.strip()}{end}".encode(), new).decode()
    assert bundle.startswith(f"# comment\n{old.strip()}\n-----BEGIN")
    assert [ssl.PEM_cert_to_DER_cert(part + "-----END CERTIFICATE-----\n") for part in certificates(bundle)] == [
        ssl.PEM_cert_to_DER_cert(certificate) for certificate in (old, new)
    ]


def certificates(bundle: str) -> list[str]:
    return ["-----BEGIN" + part.split("-----END")[0] for part in bundle.split("-----BEGIN")[1:]]


def test_bundle_that_holds_the_authority_already() -> None:
    certificate = pem()
    bundle = certificate.encode()
    assert mounts.with_certificate(bundle, certificate) == bundle


SHOWN = """
import json, sys
from pathlib import Path
from twilio_test_proxy.isolation import mounts, namespaces
from twilio_test_proxy.isolation.trust_files import TrustFiles
folder = Path(sys.argv[1])
names = json.loads(sys.argv[2])
files = TrustFiles(*([folder / name for name in names[kind]] for kind in ("bundles", "stores", "directories")))
namespaces.enter_user_namespace()
namespaces.enter_mount_namespace()
with mounts.shelf() as shelf:
    left = mounts.show_certificate(shelf, files, (folder / "proxy.pem").read_text())
shown = {
    str(path.relative_to(folder)): [path.read_bytes().hex(), oct(path.stat().st_mode & 0o777)]
    for path in folder.rglob("*") if path.is_file()
}
print(json.dumps([left, shown]))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_trust_files_show_one_more_authority_inside_only(user: str) -> None:
    certificate = pem()
    with inside.shared_folder() as folder:
        (folder / "proxy.pem").write_text(certificate)
        (folder / "cacert.pem").write_bytes(b"bundle\n")
        (folder / "cacerts").write_bytes(java_truststore(pem().encode()))
        (folder / "hashed").mkdir()
        (folder / "hashed/ca-certificates.crt").write_bytes(b"system\n")
        (folder / "hashed/0a775a30.0").symlink_to("ca-certificates.crt")
        names = {
            "bundles": ["cacert.pem", "hashed/ca-certificates.crt"],
            "stores": ["cacerts"],
            "directories": ["hashed"],
        }
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        left, shown = inside.answer(SHOWN, str(folder), json.dumps(names), user=user)
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert left == []
    text = {name: bytes.fromhex(content) for name, (content, _) in shown.items()}
    assert text["cacert.pem"] == b"bundle\n" + certificate.encode()
    assert text["hashed/ca-certificates.crt"] == b"system\n" + certificate.encode()
    assert text["hashed/0a775a30.0"] == b"system\n" + certificate.encode()
    assert ssl.PEM_cert_to_DER_cert(certificate) in text["cacerts"]
    assert certificate.encode() in [content for name, content in text.items() if name.startswith("hashed/")]
    assert shown["cacert.pem"][1] == "0o644"


def test_trust_file_that_has_to_stay_is_named() -> None:
    with inside.shared_folder() as folder:
        (folder / "proxy.pem").write_text(pem())
        (folder / "cacerts").write_bytes(b"something else")
        names = {"bundles": [], "stores": ["cacerts"], "directories": []}
        left, shown = inside.answer(SHOWN, str(folder), json.dumps(names))
    (sentence,) = left
    assert sentence.startswith(f"{folder}/cacerts does not trust the proxy: it is neither JKS nor PKCS #12 with")
    assert bytes.fromhex(shown["cacerts"][0]) == b"something else"


UNREADABLE = """
import sys
from pathlib import Path
from twilio_test_proxy.isolation import mounts, namespaces
from twilio_test_proxy.isolation.trust_files import TrustFiles
folder = Path(sys.argv[1])
namespaces.enter_user_namespace()
namespaces.enter_mount_namespace()
files = TrustFiles((folder / "cacert.pem",), (folder / "cacerts",), (folder / "hashed",))
with mounts.shelf() as shelf:
    print(mounts.show_certificate(shelf, files, (folder / "proxy.pem").read_text()))
"""


def test_files_that_the_user_may_not_read_are_left_alone() -> None:
    with inside.shared_folder() as folder:
        (folder / "proxy.pem").write_text(pem())
        (folder / "hashed").mkdir()
        for name in ("cacert.pem", "cacerts", "hashed/0a775a30.0"):
            (folder / name).touch()
            (folder / name).chmod(0)
        done = inside.run(UNREADABLE, str(folder), user="ordinary user")
    assert (done.stdout, done.stderr) == ("[]\n", "")


RESOLVER = """
import json, os, socket
from pathlib import Path
from twilio_test_proxy.isolation import mounts, namespaces, system_calls
namespaces.enter_user_namespace()
namespaces.enter_mount_namespace()
# A name service cache daemon as it lives outside.
system_calls.mount("tmpfs", "/run", "tmpfs")
os.mkdir("/run/nscd")
daemon = socket.socket(socket.AF_UNIX)
daemon.bind("/run/nscd/socket")
daemon.listen()
with mounts.shelf() as shelf:
    mounts.show_resolver(shelf)
try:
    socket.socket(socket.AF_UNIX).connect("/run/nscd/socket")
except OSError as error:
    asked = error.strerror
else:
    asked = "connected"
names = [Path("/etc/hosts"), Path("/etc/nsswitch.conf"), Path("/etc/resolv.conf")]
print(json.dumps([asked, socket.gethostbyname("verify.twilio.com"), [name.read_text() for name in names]]))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_resolver_leads_to_this_namespace(user: str) -> None:
    asked, address, (hosts, switch, conf) = inside.answer(RESOLVER, user=user)
    assert asked == "Connection refused"
    assert address == "127.0.0.1"
    assert "127.0.0.1 api.twilio.com\n" in hosts
    assert switch.endswith("\nhosts: files dns\n")
    assert conf.startswith("nameserver 127.0.0.1\n")


PROCESSES = """
import json, os, subprocess
from twilio_test_proxy.isolation import mounts, namespaces
namespaces.enter_user_namespace()
namespaces.enter_process_namespace()
namespaces.enter_mount_namespace()
mounts.show_processes()
listed = subprocess.run(["sh", "-c", "echo $$ /proc/[0-9]*"], capture_output=True, text=True).stdout.split()
print(json.dumps([listed[0], sorted(listed[1:])]))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_proc_shows_only_what_lives_inside(user: str) -> None:
    own, listed = inside.answer(PROCESSES, user=user)
    assert listed == ["/proc/1", f"/proc/{own}"]


SHELF = """
import json, os, sys
from pathlib import Path
from twilio_test_proxy.isolation import mounts, namespaces
namespaces.enter_user_namespace()
namespaces.enter_mount_namespace()
target = Path(sys.argv[1], "target")
target.touch()
os.umask(0o077)
before = len(Path("/proc/self/mounts").read_text().splitlines())
with mounts.shelf() as shelf:
    path = shelf.new_path()
    shelf.replace(target, b"new")
left = len(Path("/proc/self/mounts").read_text().splitlines()) - before
print(json.dumps([target.read_text(), target.stat().st_mode & 0o777, path.parent.exists(), left]))
"""


@pytest.mark.parametrize("user", inside.USERS)
def test_shelf_is_gone_and_what_was_mounted_from_it_stays(user: str) -> None:
    with inside.shared_folder() as folder:
        assert inside.answer(SHELF, str(folder), user=user) == ["new", 0o644, False, 1]


def test_refused_mount_names_the_place(tmp_path: Path) -> None:
    text = "import os, sys; from pathlib import Path; from twilio_test_proxy.isolation import mounts;"
    text += "os.geteuid() == 0 and os.setresuid(65534, 65534, 65534);"
    text += "mounts.bind(Path(os.devnull), Path('/etc/hosts'))"
    done = inside.run(text)
    assert "Cannot isolate the command: no mount on /etc/hosts (EPERM)" in done.stderr.splitlines()[-1]
    assert os.path.isfile("/etc/hosts")  # noqa: PTH113 - not through what is tested
