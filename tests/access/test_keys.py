"""The file of keys: what it holds, who changes it, and when a change is noticed."""

import json
import threading

import pytest

from index.errors import SettingsError
from index.storage import is_locked
from ui.access import keys as keys_module
from ui.access.keys import KeyStore


def test_a_key_is_found_and_its_name_is_kept(store):
    for name in ("小王", "Ann", "CI 部署"):
        key, secret = store.add(name, "write")
        assert store.find(secret) == key == store.get(key.id)
        assert key.name == name


def test_a_key_has_256_random_bits_behind_its_prefix(store):
    secrets = [store.add("x", "read")[1] for _ in range(5)]
    assert len(set(secrets)) == 5
    assert all(secret.startswith("tw_") and len(secret) == 3 + 43 for secret in secrets)  # 43 × 6 bits


def test_the_file_is_private_and_holds_no_key(store, tmp_path):
    secrets = [store.add(name, "read")[1] for name in ("a", "b")]
    path = tmp_path / "keys" / "keys.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert not [secret for secret in secrets if secret[3:] in path.read_text("utf-8")]
    assert not path.with_name("keys.json.tmp").exists()


def test_a_file_that_a_broken_off_run_left_readable_becomes_private(store, tmp_path):
    (tmp_path / "keys").mkdir()
    left = tmp_path / "keys" / "keys.json.tmp"
    left.write_text("")
    left.chmod(0o644)
    store.add("a", "read")
    assert (tmp_path / "keys" / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_revocation_by_another_process_holds_at_once(store, tmp_path, clock):
    key, secret = store.add("a", "read")
    assert store.find(secret)
    KeyStore(tmp_path / "keys", clock.now).revoke(key.id)
    assert store.find(secret) is None
    assert store.get(key.id) is None


def test_a_file_that_is_gone_lets_nobody_in(store, tmp_path):
    _, secret = store.add("a", "admin")
    assert store.find(secret)
    (tmp_path / "keys" / "keys.json").unlink()
    assert store.find(secret) is None


def test_the_file_is_not_read_again_while_it_is_the_same(store, monkeypatch):
    _, secret = store.add("a", "read")
    assert store.find(secret)
    monkeypatch.setattr(keys_module, "_parse", None)
    assert store.find(secret)


def test_a_key_expires_at_its_moment(store, clock):
    key, secret = store.add("a", "read", days=2)
    clock.seconds += 2 * 24 * 3600 - 1
    assert store.find(secret)
    clock.seconds += 1
    assert store.find(secret) is None
    assert key.state(clock.now()) == "expired"


def test_what_is_revoked_stays_so(store, clock):
    key, secret = store.add("a", "read")
    first = store.revoke(key.id)
    clock.seconds += 60
    assert store.revoke(key.id) == first
    assert store.find(secret) is None
    assert [kept.state(clock.now()) for kept in store.all()] == ["revoked"]


def test_an_unknown_id_is_named(store):
    with pytest.raises(SettingsError, match=r"0123.*tongwen keys list"):
        store.revoke("0123")


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x1b[2J", "a\u202eb"])
def test_a_name_that_cannot_be_shown_is_refused(store, name):
    with pytest.raises(SettingsError, match="name"):
        store.add(name, "read")
    assert store.all() == ()


def test_keys_that_are_made_at_once_are_all_kept(tmp_path, clock):
    """In one process and in another it is the same lock."""
    stores = [KeyStore(tmp_path, clock.now) for _ in range(8)]
    threads = [threading.Thread(target=each.add, args=(str(number), "read")) for number, each in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(key.name for key in KeyStore(tmp_path).all()) == [str(number) for number in range(8)]
    assert is_locked(tmp_path / "keys.lock") is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-20],
        lambda content: b"",
        lambda content: b"[]",
        lambda content: b"\xff",
        lambda content: content.replace(b'"format": 1', b'"format": 2'),
        lambda content: content.replace(b'"scope": "read"', b'"scope": "root"'),
        lambda content: content.replace(b'"expires_at": null', b'"expires_at": "soon"'),
        lambda content: content.replace(b'"expires_at": null', b'"expires_at": "2099-01-01T00:00:00"'),
        lambda content: content.replace(b'"sha256": "', b'"sha256": "0'),
        lambda content: content.replace(b'"name"', b'"nickname"'),
    ],
)
def test_a_file_that_is_not_as_it_was_written_lets_nobody_in(store, tmp_path, spoil):
    _, secret = store.add("a", "read")
    path = tmp_path / "keys" / "keys.json"
    spoiled = spoil(path.read_bytes())
    assert spoiled != path.read_bytes()
    path.write_bytes(spoiled)
    with pytest.raises(SettingsError, match=r"keys\.json cannot be read .*make new keys"):
        store.find(secret)
    with pytest.raises(SettingsError):
        store.add("b", "read")
    assert path.read_bytes() == spoiled


def test_every_key_is_compared_whichever_is_the_right_one(store, keys, monkeypatch):
    """What is compared, and so how long it takes, does not tell how near a guess is."""
    compared = []
    compare = keys_module.hmac.compare_digest
    monkeypatch.setattr(keys_module.hmac, "compare_digest", lambda *pair: compared.append(pair) or compare(*pair))
    for secret in [*keys.values(), "", "tw_" + "x" * 43, "x" * 5000, "密钥", "\udc80"]:
        store.find(secret)
        assert len(compared) == len(store.all()) == 5
        assert {len(each) for pair in compared for each in pair} == {64}
        compared.clear()


def test_the_day_of_the_last_use_is_written_down(store, clock, tmp_path):
    key, _ = store.add("a", "read")
    store.note_use(key.id)
    written = json.loads((tmp_path / "keys" / "keys.json").read_bytes())
    assert written["keys"][0]["last_used"] == clock.now().date().isoformat()
