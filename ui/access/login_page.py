"""The page on which a key is entered: plain HTML of our own, which needs no script and no other file."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from ui.api.problems import Problem
from ui.messages import MESSAGES, InterfaceLanguage
from ui.rendering.escaping import escape

LOGIN_PATH = "/login"


@dataclass(frozen=True, slots=True)
class _Words:
    """The page in one language."""

    language: str  # its own name
    title: str
    key: str
    hint: str
    log_in: str
    wrong: str
    too_many: str  # takes {seconds}
    logged_in: str  # takes {name}
    go_on: str
    log_out: str


_WORDS: Mapping[InterfaceLanguage, _Words] = {
    "zh": _Words(
        language="中文",
        title="登录",
        key="密钥",
        hint="密钥以 tw_ 开头，可向管理员索取。",
        log_in="登录",
        wrong="密钥无效：可能输错了，也可能已过期或被撤销。请核对后再试，或向管理员索取新的密钥。",
        too_many="输错的次数太多，请过 {seconds} 秒再试。",
        logged_in="您已登录：{name}",
        go_on="继续",
        log_out="退出登录",
    ),
    "en": _Words(
        language="English",
        title="Log in",
        key="Key",
        hint="A key begins with tw_. Whoever runs this server can give you one.",
        log_in="Log in",
        wrong="This key is not valid: it may be mistyped, expired or revoked. Check it and try again, or ask whoever "
        "runs this server for a new one.",
        too_many="Too many wrong keys. Please try again in {seconds} seconds.",
        logged_in="You are logged in: {name}",
        go_on="Continue",
        log_out="Log out",
    ),
}

# Contrast of text is at least 4.5 to 1, of borders and the ring of focus 3 to 1, in light and dark (WCAG 2.2 AA).
_STYLE = """
:root { color-scheme: light dark; --ground: #f8fafc; --card: #fff; --text: #0f172a; --quiet: #475569; --line: #64748b;
  --accent: #0f766e; --on-accent: #fff; --wrong: #b91c1c; }
@media (prefers-color-scheme: dark) { :root { --ground: #0f172a; --card: #1e293b; --text: #f1f5f9; --quiet: #cbd5e1;
  --line: #94a3b8; --accent: #5eead4; --on-accent: #042f2e; --wrong: #fca5a5; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--ground);
  color: var(--text); line-height: 1.6;
  font-family: system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; }
main { width: 100%; max-width: 26rem; padding: 2rem; background: var(--card); border: 1px solid var(--line);
  border-radius: .75rem; }
h1 { margin: 0 0 1.25rem; font-size: 1.5rem; line-height: 1.3; }
h1 span { display: block; font-size: 1rem; font-weight: normal; color: var(--quiet); }
label { display: block; font-weight: 600; }
input { width: 100%; min-height: 2.75rem; margin-top: .25rem; padding: .5rem .75rem; font: inherit; color: inherit;
  background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
button, a.button { display: block; width: 100%; min-height: 2.75rem; margin-top: 1.25rem; padding: .5rem .75rem;
  font: inherit; font-weight: 600; text-align: center; text-decoration: none; color: var(--on-accent);
  background: var(--accent); border: 1px solid var(--accent); border-radius: .5rem; cursor: pointer; }
button.quiet { color: var(--text); background: transparent; border-color: var(--line); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
p { margin: .5rem 0 0; color: var(--quiet); overflow-wrap: anywhere; }
p.wrong { margin: 0 0 1rem; color: var(--wrong); }
nav { margin-top: 1.5rem; text-align: end; }
nav a { color: var(--accent); padding: .25rem 0; }
""".strip()

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
LOGIN_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the page says."""

    language: InterfaceLanguage | None = None  # that was chosen, also for the chat that follows
    next: str | None = None  # the page that was opened

    @property
    def target(self) -> str:
        """Where the log-in leads."""
        return self.next or (f"/{self.language}/" if self.language else "/")

    def address(self, language: InterfaceLanguage | None) -> str:
        """The address of this page in a language, as it is written into HTML."""
        query = urlencode({name: value for name, value in (("language", language), ("next", self.next)) if value})
        return html.escape(f"{LOGIN_PATH}?{query}" if query else LOGIN_PATH)


def login_page(
    language: InterfaceLanguage,
    asked: Asked,
    problem: Problem | None = None,
    name: str | None = None,
    can_leave: bool = False,
) -> str:
    """The page: the form, with what is the matter with the key that was sent; or who is logged in by that `name`."""
    words = _WORDS[language]
    inside = _logged_in(words, asked, name, can_leave) if name is not None else _form(words, asked, problem)
    links = " ".join(
        f'<a href="{asked.address(other)}" lang="{other}" hreflang="{other}">{_WORDS[other].language}</a>'
        for other in MESSAGES
        if other != language
    )
    title = f"{words.title} · 同文 Tongwen"
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{title}</title><link rel="icon" href="data:,"><style>{_STYLE}</style></head>'
        f"<body><main><h1><span>同文 Tongwen</span>{words.title}</h1>{inside}<nav>{links}</nav></main></body></html>\n"
    )


def _form(words: _Words, asked: Asked, problem: Problem | None) -> str:
    wrong, described = "", "hint"
    if problem:
        wait = problem.retry_after
        text = words.too_many.format(seconds=wait) if wait else words.wrong
        wrong, described = f'<p class="wrong" id="wrong" role="alert">{text}</p>', "wrong hint"
    return (
        f'<form method="post" action="{asked.address(asked.language)}">{wrong}<label for="key">{words.key}</label>'
        f'<input id="key" name="key" type="password" autocomplete="current-password" required autofocus '
        f'maxlength="200" spellcheck="false" autocapitalize="off" aria-describedby="{described}"'
        f'{" aria-invalid=true" if problem else ""}><p id="hint">{words.hint}</p>'
        f'<button type="submit">{words.log_in}</button></form>'
    )


def _logged_in(words: _Words, asked: Asked, name: str, can_leave: bool) -> str:
    leave = f'<form method="post" action="/logout"><button class="quiet" type="submit">{words.log_out}</button></form>'
    who = words.logged_in.format(name=escape(name))
    on = f'<a class="button" href="{html.escape(asked.target)}">{words.go_on}</a>'
    return f"<p>{who}</p>{on}{leave if can_leave else ''}"
