"""Every error that is raised on purpose. Its text is one line, fit to show a user, and ends with what to do.

TongwenError
├── SettingsError
├── PackageMissing
├── QuestionError
├── LoadError
│   ├── UnsupportedFormat
│   ├── UndecodableText
│   ├── EmptyText
│   ├── AddressRefused
│   ├── PageUnavailable
│   └── FileTooLarge
├── ParserUnavailable
├── EmbedderUnavailable
├── LexiconDamaged
├── GlossaryError
└── LibraryError
    ├── LibraryMissing
    ├── LibraryBusy
    ├── LibraryDamaged
    ├── LibraryMismatch
    ├── StorageFailed
    ├── DocumentUnknown
    ├── SourceTaken
    ├── FeedbackUnknown
    └── BackupUnusable
"""

from __future__ import annotations


class TongwenError(Exception):
    """Base of every error we raise on purpose."""


class SettingsError(TongwenError):
    """A setting has a value that cannot be used."""


class PackageMissing(TongwenError, ImportError):
    """A package is not installed that only this part of the program needs."""


class QuestionError(TongwenError):
    """The question is empty or too long."""


class LoadError(TongwenError):
    """One file or text cannot become a document; others are not affected."""


class UnsupportedFormat(LoadError):
    """The file is of a kind that is not read."""


class UndecodableText(LoadError):
    """The bytes are not UTF-8 text."""


class EmptyText(LoadError):
    """There is no text in it."""


class AddressRefused(LoadError):
    """The web address is not one that may be fetched."""


class PageUnavailable(LoadError):
    """The web page cannot be fetched: no answer, an error, too slow."""


class FileTooLarge(LoadError):
    """The file is over the size limit."""


class ParserUnavailable(TongwenError):
    """The process that reads files cannot be started."""


class EmbedderUnavailable(TongwenError):
    """The embedding model cannot be loaded."""


class LexiconDamaged(TongwenError):
    """The lexicon's file is missing, cut short or changed."""


class GlossaryError(TongwenError):
    """A glossary of names cannot be read or changed as asked; the text names the file and the line."""


class LibraryError(TongwenError):
    """The library on disk cannot do what was asked."""


class LibraryMissing(LibraryError):
    """There is no library at the path."""


class LibraryBusy(LibraryError):
    """Another process is writing to the library."""


class LibraryDamaged(LibraryError):
    """Stored bytes are not what was written."""


class LibraryMismatch(LibraryError):
    """The library was made by another schema, chunker or embedder."""


class StorageFailed(LibraryError):
    """The disk is full, read-only or failing; what was stored before is unchanged."""


class DocumentUnknown(LibraryError):
    """No document has this id."""


class SourceTaken(LibraryError):
    """What a removed document came from holds another text by now."""


class FeedbackUnknown(LibraryError):
    """No feedback has this id."""


class BackupUnusable(LibraryError):
    """A backup cannot be made at the place, or restored from it; nothing was changed."""
