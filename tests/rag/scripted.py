"""An answerer that says what a test tells it to, with the evidence that it was given."""

from rag.answerer import AnswererUnavailable, DraftEnd, DraftSentence


class ScriptedAnswerer:
    """Drafts its lines as a model would write them: prose that may rest on every sentence that was found."""

    name = "scripted"

    def __init__(self, *lines, end=DraftEnd(), unavailable=False):  # noqa: B008
        self.lines = lines
        self.end = end
        self.unavailable = unavailable
        self.closed = False

    def draft(self, question, evidence):
        if self.unavailable:
            raise AnswererUnavailable("the model is away; start it")
        try:
            for line in self.lines:
                yield DraftSentence(line, "prose", tuple(evidence))
            if self.end:
                yield self.end
        finally:
            self.closed = True
