"""Questions made from the sentences and headings of a document, by their form."""
