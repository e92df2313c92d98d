"""Addresses that try to reach what is not allowed, by spelling: "{port}" is that of a server on this machine."""

# Hosts that mean this machine, its network or a service of a cloud provider.
_SPELLINGS = (
    "127.0.0.1 127.1 127.0.1 2130706433 017700000001 0177.0.0.1 0177.1 0x7f.1 0x7f.0.0.1 0x7f000001 0x7F.0X0.0.1 "
    "127.0.0.1. 127.000.000.001 127.0.0.2 127.127.127.127 0 0.0.0.0 0x0 00 000.0.0.0 localhost LOCALHOST localhost. "
    "LocalHost localhost.localdomain lvh.me 127.0.0.1.nip.io [::1] [::] [0:0:0:0:0:0:0:1] [0000::0001] "
    "[::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:127.0.0.1] [::127.0.0.1] [64:ff9b::127.0.0.1] [2002:7f00:1::] "
    "[2002:7f00:0001::1] [fe80::1] [fe80::1%25eth0] [fd00:ec2::254] [::ffff:169.254.169.254] [ff02::1] [fc00::1] "
    "169.254.169.254 2852039166 0xa9fea9fe 0xA9.0xFE.0xA9.0xFE 0251.0376.0251.0376 169.254.43518 169.16689662 "
    "metadata.google.internal metadata instance-data 100.100.100.200 168.63.129.16 192.0.0.192 10.0.0.1 10.1 "
    "192.168.0.1 192.168.1 172.16.0.1 167772161 255.255.255.255 224.0.0.1 240.0.0.1 192.0.2.1 8.8.8.8 "
    "127。0。0。1 127．0．0．1 127｡0｡0｡1 １２７.０.０.１ ①②⑦.⓪.⓪.① "
    "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ ｌｏｃａｌｈｏｓｔ local%68ost %31%32%37.0.0.1 127%2e0%2e0%2e1 "
    "%6c%6f%63%61%6c%68%6f%73%74 ok.example.evil.test evilok.example ok.example.. .ok.example ok.example%00.evil.test "
    "ok.example%2eevil.test ok.exаmple ok.example%2f@evil.test corp.example x.corp.example.evil.test "
    "corpxexample 4294967296 "
    "256.0.0.1 1.2.3.4.5 0x 127.0.0.1:80:80 [127.0.0.1] [::1 ::1] ok.example:22 "
    "ok.example:0 ok.example:99999 ok.example:-1"
)  # fmt: skip
_HOSTS = _SPELLINGS.split()

# Whole addresses.
_URLS = (
    "http://ok.example@127.0.0.1:{port}/",
    "http://ok.example:80@127.0.0.1:{port}/",
    "http://ok.example:x@localhost:{port}/",
    "http://127.0.0.1:{port}\\@ok.example/",
    "http://127.0.0.1:{port}\\.ok.example/",
    "http://ok.example\\@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}#@ok.example/",
    "http://127.0.0.1:{port}?@ok.example/",
    "http://127.0.0.1:{port}/?x=ok.example",
    "http:/\\127.0.0.1:{port}/",
    "http:\\\\127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/",
    "http:///127.0.0.1:{port}/",
    "http:////127.0.0.1:{port}/",
    "http://@127.0.0.1:{port}/",
    "http://:@127.0.0.1:{port}/",
    "http://%6f%6b.example@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}%2f@ok.example/",
    "http://127.0.0.1:{port}%23@ok.example/",
    "//127.0.0.1:{port}/",
    "http://127.0.0.1 :{port}/",
    "http://127.0.0.1\t:{port}/",
    "http://ok.exa\nmple:{port}/",
    "http://ok.example:{port}\r\nHost: 127.0.0.1/",
    "http://127.0.0.1\u200b:{port}/",
    "http://\u202e127.0.0.1:{port}/",
    " http://127.0.0.1:{port}/",
    "HTTP://127.0.0.1:{port}/",
    "hTTps://127.0.0.1:{port}/",
    "file:///etc/passwd",
    "file://localhost/etc/passwd",
    "file://127.0.0.1:{port}/x",
    "gopher://127.0.0.1:{port}/_GET%20/",
    "ftp://127.0.0.1:{port}/",
    "dict://127.0.0.1:{port}/x",
    "ldap://127.0.0.1:{port}/",
    "tftp://127.0.0.1:{port}/x",
    "ws://127.0.0.1:{port}/",
    "data:text/html,<p>x</p>",
    "javascript:fetch('http://127.0.0.1:{port}/')",
    "jar:http://127.0.0.1:{port}!/x",
    "view-source:http://127.0.0.1:{port}/",
    "blob:http://127.0.0.1:{port}/x",
    "unix:/var/run/docker.sock",
    "http+unix://%2fvar%2frun%2fdocker.sock/x",
    "netdoc:///etc/passwd",
    "mailto:a@127.0.0.1",
    "about:blank",
    "",
    "127.0.0.1:{port}",
    "http://",
    "http://?",
    "http://[",
    "http://]:{port}/",
    "https://ok.example:{port}/",
    "http://ok.example:{port}/",
)


def attack_addresses(port: int) -> list[str]:
    """Every attack, at that port and, for hosts, at the usual one too."""
    with_port = [f"http://{host}:{port}/" for host in _HOSTS]
    plain = [f"{'https' if place % 2 else 'http'}://{host}/x" for place, host in enumerate(_HOSTS)]
    return [*with_port, *plain, *(url.replace("{port}", str(port)) for url in _URLS)]
