"""`tongwen keys`, and where `tongwen serve` starts only with one."""

import socket

import httpx
import pytest

SERVE = ("serve", "--port", "1")  # where nobody may listen: it would end there


@pytest.mark.parametrize(
    ("command", "options"),
    [
        (["keys", "add"], ["NAME", "--scope", "--days", "--library", "--json"]),
        (["keys", "list"], ["--library", "--json"]),
        (["keys", "revoke"], ["ID", "--yes", "--library", "--json"]),
        (
            ["serve"],
            [
                "--allowed-host",
                "--require-keys",
                "--https",
                "--trusted-user-header",
                "--trusted-proxy",
                "--trusted-scope",
            ],
        ),
    ],
)
def test_help(tongwen, command, options, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    result = tongwen(*command, "--help")
    assert [option for option in options if option not in result.out] == []


@pytest.mark.parametrize("name", ["王芳", "Ann", "CI 部署"])
def test_a_key_is_shown_once_and_alone_on_standard_output(tongwen, name):
    made = tongwen("keys", "add", name, "--scope", "write", "--days", "30")
    secret = made.out.rstrip("\n")
    assert secret.startswith("tw_")
    assert "\n" not in secret
    assert f"of {name} (write), valid until " in made.err
    assert "Authorization: Bearer KEY" in made.err
    assert made.err.rstrip().splitlines()[-1].startswith("To take it back: tongwen keys revoke ")
    listed = tongwen("keys", "list")
    assert f"valid    write  {name}" in listed.out
    assert secret not in listed.out + tongwen("keys", "list", "--json").out


def test_a_key_is_for_reading_until_it_is_revoked_unless_said_otherwise(tongwen):
    made = tongwen("keys", "add", "Ann", "--json").json
    assert (made["scope"], made["expires_at"], made["state"]) == ("read", None, "valid")
    (listed,) = tongwen("keys", "list", "--json").json["keys"]
    assert listed == {field: value for field, value in made.items() if field != "key"}


def test_a_revoked_key_is_still_listed(tongwen):
    made = tongwen("keys", "add", "Ann", "--json").json
    assert tongwen("keys", "revoke", made["id"]).out == f"revoked {made['id']}  Ann\n"
    (listed,) = tongwen("keys", "list", "--json").json["keys"]
    assert listed["state"] == "revoked"
    assert tongwen("keys", "revoke", made["id"], "--json").json["revoked"] == listed


def test_where_there_are_none_it_says_how_to_make_one(tongwen):
    result = tongwen("keys", "list")
    assert (result.status, result.out) == (0, "")
    assert "tongwen keys add NAME" in result.err


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["revoke", "0123"], 1), (["add", ""], 1), (["add", "x", "--scope", "root"], 2), (["add", "x", "--days", "0"], 2)],
)
def test_what_cannot_be_meant_is_refused(tongwen, arguments, status):
    result = tongwen("keys", *arguments)
    assert result.status == status
    assert result.out == ""
    assert tongwen("keys", "list", "--json").json == {"keys": []}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            ["--host", "192.0.2.1"],
            "192.0.2.1 can be reached from other machines and there is no key that is valid; make",
        ),
        (["--host", "tongwen.example.org"], "can be reached from other machines"),
        (["--host", "::"], "name it with --allowed-host NAME"),
        (["--host", "0.0.0.0"], "name it with --allowed-host NAME"),
        (["--host", "0.0.0.0", "--allowed-host", "docs.example.org"], "`tongwen keys add NAME --scope read`"),
        (["--require-keys"], "`tongwen keys add NAME --scope read`"),
        (["--trusted-proxy", "10.0.0.1"], "give both or neither"),
        (["--trusted-user-header", "X-Forwarded-User"], "give both or neither"),
        (["--trusted-user-header", "X-User", "--trusted-proxy", "10.0.0.1/8"], "such as 10.0.0.0/24"),
        (["--allowed-host", "http://docs.example.org"], "give --allowed-host a name such as docs.example.org"),
        (["--allowed-host", "*"], "give --allowed-host a name such as docs.example.org"),
    ],
)
def test_a_server_that_nobody_would_guard_does_not_start(tongwen, place, arguments, says):
    result = tongwen(*SERVE, *arguments)
    assert (result.status, result.out) == (1, "")
    assert says in result.err
    assert result.err.count("\n") == 1
    assert not (place / "library").exists()


def test_a_key_that_is_revoked_guards_nothing(tongwen):
    made = tongwen("keys", "add", "Ann", "--json").json
    tongwen("keys", "revoke", made["id"])
    assert "no key that is valid" in tongwen(*SERVE, "--host", "192.0.2.1").err


def test_a_server_says_what_guards_it_and_hears_of_revocations(start, tongwen):
    made = tongwen("keys", "add", "Ann", "--json").json
    process = start("serve", "--port", str(free_port()), "--require-keys", text=True)
    lines = iter(process.stdout.readline, "")
    guard = next(lines)
    assert guard == "guarded by keys (1 valid; people log in at /login)\n"
    address = next(line.strip() for line in lines if line.startswith("http"))
    key = {"authorization": f"Bearer {made['key']}"}
    assert httpx.get(f"{address}/v1/models", trust_env=False).status_code == 401
    assert httpx.get(f"{address}/v1/models", headers=key, trust_env=False).status_code == 200
    used = tongwen("keys", "list", "--json").json["keys"][0]["last_used"]
    assert used is not None
    tongwen("keys", "revoke", made["id"])
    refused = httpx.get(f"{address}/v1/models", headers=key, trust_env=False)
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "invalid_api_key")


def test_a_trusted_proxy_guards_a_server_without_keys(start):
    process = start(
        *("serve", "--port", str(free_port()), "--trusted-user-header", "X-Forwarded-User"),
        *("--trusted-proxy", "127.0.0.1", "--trusted-scope", "write"),
        text=True,
    )
    lines = iter(process.stdout.readline, "")
    assert next(lines) == "guarded by the proxy at 127.0.0.1/32, by its header X-Forwarded-User\n"
    address = next(line.strip() for line in lines if line.startswith("http"))
    models = f"{address}/v1/models"
    assert httpx.get(models, trust_env=False).status_code == 401
    assert httpx.get(models, headers={"x-forwarded-user": "ann"}, trust_env=False).status_code == 200


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
