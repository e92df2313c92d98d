"""What every door must give alike, taken from the shape in which each gives it."""


def of_json(answer):
    """From the object of `ask --json`: the text, whether it refuses, and each citation with its exact place."""
    cited = [
        (one["number"], one["document_id"], one["start"], one["end"], one["quote"], one["sha256"])
        for one in answer["citations"]
    ]
    return answer["answer"], answer["refused"], cited


def of_nodes(text, refused, nodes):
    """The same from LlamaIndex source nodes."""
    cited = [
        (
            *(node.metadata[name] for name in ("number", "document_id", "start", "end")),
            node.text,
            node.metadata["sha256"],
        )
        for node in nodes
    ]
    return text, refused, cited


def spans_of_json(hits):
    return [(hit["document_id"], hit["start"], hit["end"], hit["text"]) for hit in hits]


def spans_of_metadata(pairs):
    """From (text, metadata) of the nodes or documents of a framework."""
    return [(data["document_id"], data["start"], data["end"], text) for text, data in pairs]
