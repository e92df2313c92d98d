"""Why a file, or a part of it, was not read, in the language of the reader. `index` says it in English.

Each pair is the English of one reason and its Chinese; {0}, {1}, … stand for what is different each time. A test reads
the sources of `index` and finds the reason that has no Chinese.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice

from ui.messages import InterfaceLanguage

_FORMATS = (
    "纯文本（.txt）、Markdown（.md）、网页（.html）、PDF、Word（.docx）、PowerPoint（.pptx）、Excel（.xlsx）、CSV、EPUB、"
    "JSON、电子邮件（.eml）和 zip"
)
_AS_UTF8 = "请另存为 UTF-8 编码后再添加"
_ANEW = "请重新保存后再添加"

_REASONS: tuple[tuple[str, str], ...] = (
    # Files of any format
    ("is over the limit of {0} bytes; split it", "超过 {0} 字节的上限；请拆分后再添加"),
    (
        "is over the limit of {0} bytes; save a part of it and add the file",
        "超过 {0} 字节的上限；请保存其中一部分，作为文件添加",
    ),
    (
        "is in an older format ({0}) that is not read; open it and save it as {1}",
        "是旧格式（{0}），无法读取；请打开后另存为 {1}",
    ),
    (
        "(no suffix) does not say what it is; name it .txt if it is text, or else by its format",
        "没有扩展名，不知道是什么格式；如果是文字，请改名为 .txt，否则请补上相应的扩展名",
    ),
    ("({0}) is not supported; convert it to one of these: {1}", f"不支持 {{0}} 格式；请转换成以下格式之一：{_FORMATS}"),
    ("holds nothing that can be read; nothing to add", "里面没有可以读取的内容，没有可添加的内容"),
    ("holds no text; nothing to add", "里面没有文字，没有可添加的内容"),
    ("is empty; nothing to add", "是空的，没有可添加的内容"),
    (
        "holds half a character (a lone surrogate at {0}); save it as UTF-8 and add it again",
        f"第 {{0}} 处有半个字符；{_AS_UTF8}",
    ),
    (
        "is damaged or not what its name says ({0}); save it anew and add it again",
        f"已损坏，或与扩展名不符（{{0}}）；{_ANEW}",
    ),
    ("is damaged or not what its name says ({0}); save it anew", f"已损坏，或与扩展名不符（{{0}}）；{_ANEW}"),
    (
        "takes more than {0} s to read; split it, or save it anew as PDF or plain text",
        "{0} 秒内没有读完；请拆分，或另存为 PDF 或纯文本",
    ),
    (
        "takes more than {0} MB of memory to read; split it, or save it as plain text",
        "读取时占用的内存超过 {0} MB；请拆分，或另存为纯文本",
    ),
    ("is nested too deeply to be read; save it anew as plain text", "嵌套太深，无法读取；请另存为纯文本"),
    (
        "ends the program that reads it, so it is damaged or made to do that; save it anew and add it again",
        f"读取时程序意外终止，文件可能已损坏或含有恶意内容；{_ANEW}",
    ),
    ("holds more than {0} members; split it", "里面的内容超过 {0} 项；请拆分后再添加"),
    ("holds more than {0} characters; split it", "超过 {0} 个字符；请拆分后再添加"),
    ("{0} is not a regular file; give a file or a folder", "不是普通文件；请指定文件或文件夹"),
    ("is not a regular file; give a file or a folder", "不是普通文件；请指定文件或文件夹"),
    ("does not exist; check the path", "已经不在原处；请检查路径"),
    ("cannot be read ({0}); check its permissions", "无法读取；请检查它的权限"),
    ("cannot be read ({0}); check the path", "无法读取；请检查路径"),
    (
        "is a {0} file and not what its name says; unpack or convert it",
        "其实是 {0} 文件，与扩展名不符；请解压或转换格式",
    ),
    (
        "is {0} in spite of its name and was read as that; name it {1} to be clear",
        "其实是 {0} 文件，已按这种格式读取；请把扩展名改为 {1}，以免混淆",
    ),
    # Encodings
    (
        "is not a text file (it holds NUL bytes); supported are text files: save it as UTF-8 text, or leave it out",
        "不是文本文件；请另存为 UTF-8 文本，或不添加它",
    ),
    (
        "begins with the mark of {0} but is not valid in it (byte {1}); {2}",
        f"开头标明是 {{0}} 编码，但第 {{1}} 个字节不符；{_AS_UTF8}",
    ),
    (
        "is not UTF-8 text (byte {0}): it is cut short, damaged or of two encodings; {1}",
        f"不是 UTF-8 文本（第 {{0}} 个字节）：可能不完整、已损坏或混有两种编码；{_AS_UTF8}",
    ),
    (
        "is not UTF-8 text, and read in no other encoding it makes sense (tried {0}); {1}",
        f"不是 UTF-8 文本，用其他编码也读不通；{_AS_UTF8}",
    ),
    (
        "may be in {0} or in {1}, which cannot be decided (tried {2}); {3}",
        "可能是 {0} 编码，也可能是 {1}，无法确定；请另存为带 BOM 的 UTF-8 后再添加",
    ),
    ("is in {0} only in part, the rest in another encoding; {1}", f"只有一部分是 {{0}} 编码，其余是另一种；{_AS_UTF8}"),
    (
        "read as {0}, which it does not say itself; save it as UTF-8 if a character is wrong",
        "已按 {0} 编码读取；如有乱码，请另存为 UTF-8 后再添加",
    ),
    # Web pages
    (
        "holds no visible text (it may be made by scripts, which are not run); open it in a browser and save its text "
        "or print it to a PDF",
        "没有看得见的文字（可能由脚本生成，而脚本不会运行）；请在浏览器中打开，保存其文字或打印成 PDF",
    ),
    ("cannot be read as HTML ({0}); save it again from a browser", "不能作为网页读取；请从浏览器重新保存"),
    (
        "has more than {0} nested elements; save its text, or split it, and add that",
        "嵌套超过 {0} 层；请只保存文字，或拆分后再添加",
    ),
    (
        "has more than {0} elements; save its text, or split it, and add that",
        "超过 {0} 个元素；请只保存文字，或拆分后再添加",
    ),
    ("has more than {0}; save its text, or split it, and add that", "内容太多（{0}）；请只保存文字，或拆分后再添加"),
    ("has styles that take too long to apply; save its text and add that", "样式太复杂；请只保存文字后再添加"),
    (
        "no main content was told from the rest of the page; all that is visible was taken",
        "没有认出正文，已读取所有看得见的文字",
    ),
    ("left out, not visible to a reader: {0}", "看不见的文字没有读取：{0}"),
    # PDF, Office, e-books
    (
        "is not a PDF, though its name says so; save it anew or correct its name",
        "扩展名是 PDF，但内容不是；请重新保存或改正扩展名",
    ),
    ("is protected by a password; save a copy without one and add that", "有密码保护；请另存一份没有密码的再添加"),
    ("is damaged or not a complete PDF; save it anew and add it again", f"已损坏，或不是完整的 PDF；{_ANEW}"),
    ("has {0} pages, more than {1}; split it", "有 {0} 页，超过 {1} 页的上限；请拆分后再添加"),
    (
        "holds no text, only pictures of pages; have its text recognised (OCR) and add that",
        "里面没有文字，只有页面的图片；请做文字识别（OCR）后再添加",
    ),
    (
        "page{0} only pictures or nothing; have the text recognised (OCR) if it is needed",
        "有些页只有图片或是空白（页码见原文件）；如有需要，请做文字识别（OCR）后再添加",
    ),
    (
        "holds no text on its slides, only pictures or nothing; add the texts as a file of their own",
        "幻灯片上没有文字，只有图片或空白；请把文字另存为文件添加",
    ),
    ("slide{0} without text, only pictures or nothing", "有些幻灯片没有文字，只有图片或空白"),
    (
        "is an Office file of before 2007 or has a password; save it anew without one, as .docx, .xlsx or .pptx",
        "是 2007 年以前的 Office 文件，或设有密码；请去掉密码，另存为 .docx、.xlsx 或 .pptx",
    ),
    ("is not a {0} file or is cut short; save it anew and add it again", f"不是 {{0}} 文件，或不完整；{_ANEW}"),
    (
        "is a zip file but holds no {0} document; save it anew or name it .zip",
        "是 zip 文件，但里面没有 {0} 文档；请重新保存，或改名为 .zip",
    ),
    ("is not a table as text ({0}); save it anew as CSV in UTF-8", "不是文本表格；请另存为 UTF-8 编码的 CSV"),
    (
        "{0} has more than {1} rows and was read up to there; split it to have all",
        "超过 {1} 行，只读取了前面的部分；如需全部内容，请拆分",
    ),
    (
        "sheet {0} is hidden and was left out; show it to have it read",
        "工作表“{0}”是隐藏的，没有读取；如有需要，请取消隐藏后再添加",
    ),
    (
        "left out, never computed: {0} formula{1}; {2}",
        "有 {0} 个公式没有计算过，未读取；请用 Excel 或 LibreOffice 打开并保存后再添加",
    ),
    ("holds no cell with a value; nothing to add", "没有含内容的单元格，没有可添加的内容"),
    ("holds no cell with a value; {0}", "没有含内容的单元格；请用 Excel 或 LibreOffice 打开并保存后再添加"),
    (
        "holds no text (its pages may be pictures); run text recognition on it, or leave it out",
        "里面没有文字（可能全是图片）；请做文字识别，或不添加它",
    ),
    (
        "is protected against copying (DRM) and cannot be read; add an edition without protection",
        "有防复制保护（DRM），无法读取；请添加没有保护的版本",
    ),
    ("lists more than {0} chapters; split it", "超过 {0} 章；请拆分后再添加"),
    ("is not a complete EPUB ({0}); export it anew and add it again", "不是完整的 EPUB；请重新导出后再添加"),
    ("left out, not part of the reading order: {0} chapters", "有 {0} 章不在阅读顺序中，没有读取"),
    ("{0} chapters that the book lists are not in it", "书中列出的 {0} 章并不在文件里"),
    # JSON
    ("{0}; correct line {1} and add the file again", "{0}；请改正第 {1} 行后再添加"),
    ("{0}; correct record {1} and add the file again", "{0}；请改正第 {1} 条记录后再添加"),
    ("{0}; correct it and add it again", "{0}；请改正后再添加"),
    ("is nested more than {0} levels deep", "嵌套超过 {0} 层"),
    ("is not JSON (line {0} column {1}: {2})", "不是有效的 JSON（第 {0} 行第 {1} 列）"),
    ("is not JSON (column {0}: {1})", "不是有效的 JSON（第 {0} 列）"),
    ("has the field {0} twice", "字段 {0} 出现了两次"),
    ("holds {0}, which is not JSON", "含有 {0}，不是有效的 JSON"),
    ("holds an empty list and no text; nothing to add", "只有空列表，没有文字，没有可添加的内容"),
    (
        "is no list of records and has no text of its own; looked for a field named {0}, and for a list of objects "
        "with one; rename the field that holds the text",
        "不是记录的列表，也没有文字；请把存放文字的字段改名为以下之一：{0}",
    ),
    (
        "is no object and no text; make {0} an object with a field text",
        "既不是对象，也不是文字；请改成含有 text 字段的对象",
    ),
    (
        "has no text (looked for {0}); rename the field of {1} that holds the text",
        "没有文字；请把存放文字的字段改名为以下之一：{0}",
    ),
    ("holds half a character (\\ud800 or the like); correct {0}", "含有半个字符（\\ud800 之类）；请改正后再添加"),
    # Archives and messages
    (
        "is inside {0} archives or messages, too deep to be read; unpack them first",
        "外面套了 {0} 层压缩包或邮件，太深了；请先解压",
    ),
    ("holds no file that can be read; supported are {0}", f"里面没有可以读取的文件；可以读取的格式有：{_FORMATS}"),
    ("the archive also holds files of formats that are not read: {0}", "压缩包里还有未读取的其他格式的文件：{0}"),
    ("is damaged or not a complete zip file; save it anew and add it again", f"已损坏，或不是完整的 zip 文件；{_ANEW}"),
    ("unpacks to more than {0} MB; split it", "解压后超过 {0} MB；请拆分后再添加"),
    (
        "is packed so tightly that it looks made to fill memory; unpack it and add what is in it",
        "压缩比异常，可能是为占满内存而制作的；请解压后添加里面的文件",
    ),
    (
        "holds members that lie over each other, so it is damaged or made to fill memory; pack it anew",
        "里面的文件互相重叠，可能已损坏，或是为占满内存而制作的；请重新打包",
    ),
    ("is protected by a password; unpack it and add what is in it", "有密码保护；请解压后添加里面的文件"),
    ("is damaged inside its zip file; pack it anew and add it again", "在 zip 文件中已损坏；请重新打包后再添加"),
    ("is not an e-mail message; save it anew as .eml", "不是电子邮件；请重新保存为 .eml"),
    (
        "has more than {0} parts; save what you need of it as separate files",
        "超过 {0} 个部分；请把需要的内容另存为单独的文件",
    ),
    ("attachments that are not read: {0}", "未读取的附件：{0}"),
    # Addresses
    (
        "is not fetched, because web pages are off; save the page and add the file, or set TONGWEN_ALLOWED_HOSTS={0}",
        "没有读取，因为未开启网页读取；请保存网页后上传文件，或让管理员设置 TONGWEN_ALLOWED_HOSTS={0}",
    ),
    (
        "is on a host that is not allowed ({0}); add it to TONGWEN_ALLOWED_HOSTS, or save the page as a file",
        "所在的网站（{0}）不在允许之列；请让管理员加入 TONGWEN_ALLOWED_HOSTS，或保存网页后上传文件",
    ),
    ("redirects to an address that {0}", "转到的地址{0}"),
    ("leads to no address; check how it is spelled", "找不到这个网站；请检查地址的写法"),
    (
        "leads to {0}, which is no address of a web site; it is never fetched, leave it out",
        "指向 {0}，那不是网站的地址，不会读取",
    ),
    (
        "leads to this machine ({0}); if that is meant, allow and give localhost instead of the name",
        "指向本机（{0}）；如果确要读取本机，请让管理员允许 localhost",
    ),
    (
        "leads into a private network and out of it at once; it is not fetched, leave it out",
        "同时指向内部网络和外部，不会读取",
    ),
    (
        "did not arrive within {0} s; try again, or save the page and add the file",
        "{0} 秒内没有收完；请再试一次，或保存网页后上传文件",
    ),
    ("cannot be fetched ({0}); check the address and the network", "无法打开；请检查地址和网络"),
    ("redirects more than {0} times; give the address it leads to", "转址超过 {0} 次；请使用最终的地址"),
    ("was answered with status {0}; check the address in a browser", "网站返回状态 {0}；请在浏览器中检查这个地址"),
    (
        "is of a kind that is not read ({0}); supported are {1}",
        f"是无法读取的类型（{{0}}）；可以读取的格式有：{_FORMATS}",
    ),
    (
        "comes packed as {0}, which is not read; save the page and add the file",
        "压缩方式 {0} 无法读取；请保存网页后上传文件",
    ),
    (
        "arrives damaged; try again, or save the page and add the file",
        "收到的内容已损坏；请再试一次，或保存网页后上传文件",
    ),
    ("was cut short on the way; try again", "没有收完整；请再试一次"),
    (
        "is longer than {0} characters; give the address of a web page, https://HOST/PATH",
        "地址超过 {0} 个字符；请使用网页的地址",
    ),
    (
        "{0}; give the address of a web page, https://HOST/PATH",
        "不是有效的网址；请使用网页的地址，如 https://HOST/PATH",
    ),
    (
        "holds a user name or a password; give it without, pages behind a login are not fetched",
        "地址里有用户名或密码；请去掉，需要登录的网页不会读取",
    ),
    # What a page of the library says itself
    ("did not arrive whole; upload it again", "没有完整收到；请重新上传"),
    (
        "has the name of another file of this upload; rename one of them and upload it again",
        "与这次上传的另一个文件同名；请改名后再上传",
    ),
    (
        "leads to another file by now; add that one with `tongwen add`",
        "现在指向另一个文件；请让管理员用 tongwen add 添加那个文件",
    ),
    (
        "is longer than {0} characters; save it as a text file and upload that",
        "超过 {0} 个字符；请保存为文本文件后上传",
    ),
)

_WITHOUT_SUBJECT = re.compile(
    r"(?:is|has|had|holds|ends|takes|begins|cannot|may|unpacks|lists|did|does|leads|was|redirects|comes|arrives) "
)


def reason_in(language: InterfaceLanguage, reason: str) -> str:
    """The reason as a sentence of that language; in Chinese the names in it stay as they are."""
    if language == "en":
        return f"It {reason}" if _WITHOUT_SUBJECT.match(reason) else reason[:1].upper() + reason[1:]
    return in_chinese(reason) or reason


def in_chinese(reason: str) -> str | None:
    """None where no Chinese is known for it. What stands before a colon may be the name of a part."""
    if chinese := _translated(reason):
        return chinese
    for colon in islice(re.finditer(": ", reason), 20):  # a name may hold any number of them
        if chinese := _translated(reason[colon.end() :]):
            return f"{reason[: colon.start()]}：{chinese}"
    return None


def _translated(reason: str) -> str | None:
    for pattern, chinese in _patterns():
        if match := pattern.fullmatch(reason):
            return chinese.format(*(_translated(part) or part for part in match.groups()))
    return None


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The most particular first: what begins with a placeholder would take the others for its own."""
    pairs = sorted(_REASONS, key=lambda pair: pair[0].startswith("{"))
    return tuple(
        (re.compile(re.sub(r"\\{\d\\}", "(.+?)", re.escape(english)), re.DOTALL), chinese) for english, chinese in pairs
    )
