"""The shape of the house: who may import whom, what costs time to import, and what is never used."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CHAIN = ("ui", "evals", "rag", "index")  # each may import what stands to its right
MODULES = [path for package in CHAIN for path in sorted((ROOT / package).rglob("*.py"))]

modules = pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
packages = pytest.mark.parametrize("package", CHAIN)


def tree(path):
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(path):
    """(module, names) of every import, those inside functions and under TYPE_CHECKING included."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or ""), tuple(alias.name for alias in node.names)


@modules
def test_imports_point_down_the_chain(path):
    own = path.relative_to(ROOT).parts[0]
    forbidden = {*CHAIN[: CHAIN.index(own)], "tests"}
    assert [name for name, _ in imported(path) if name.split(".")[0] in forbidden] == []


@modules
def test_names_are_imported_from_the_module_that_owns_them(path):
    """No name from a package's root, the one cause of import cycles, and no relative import; modules are no names."""
    for name, names in imported(path):
        assert not name.startswith(".")
        if name in CHAIN:
            assert [each for each in names if not is_module(ROOT / name / each)] == []


def is_module(path):
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


@modules
def test_code_is_never_made_of_data(path):
    called, attributes = set(), set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called.add(ast.unparse(node.func))
            attributes |= {keyword.arg for keyword in node.keywords if getattr(keyword.value, "value", None) is True}
    assert not called & {"eval", "exec", "compile", "__import__", "os.system", "yaml.load", "torch.load"}
    assert not attributes & {"shell", "trust_remote_code", "allow_pickle", "allow_dangerous_deserialization"}
    assert not {name.split(".")[0] for name, _ in imported(path)} & {"pickle", "marshal", "shelve", "dill", "joblib"}


@packages
def test_a_package_is_typed_and_says_what_it_is_for(package):
    assert (ROOT / package / "py.typed").is_file()
    assert ast.get_docstring(tree(ROOT / package / "__init__.py"))


@packages
def test_the_root_of_a_package_holds_no_code(package):
    """A docstring, and it may give the version."""
    body = tree(ROOT / package / "__init__.py").body
    assert [ast.unparse(node) for node in body if not isinstance(node, ast.Expr | ast.ImportFrom | ast.Assign)] == []


@modules
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(tree(path))


def loaded(module):
    """The modules that a fresh interpreter has after importing it."""
    program = f"import sys, {module}; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(found.stdout.split())


@pytest.mark.parametrize("module", ["rag.assistant", "ui.command", "index.library", "ui.web.app"])
def test_importing_loads_nothing_heavy(module):
    heavy = {"torch", "onnxruntime", "transformers", "sentence_transformers", "gradio", "faiss", "sklearn", "opencc"}
    assert loaded(module) & heavy == set()


def test_a_command_that_asks_nothing_does_not_wait_for_what_answers():
    answering = {"rag.assistant", "rag.evidence", "rag.quantities", "rag.names", "rag.conversation.context"}
    assert loaded("ui.command") & answering == set()


@pytest.mark.parametrize("module", ["rag.assistant", "rag.library_retriever"])
def test_a_program_that_asks_nothing_yet_does_not_wait_for_what_reads_and_answers(module):
    """Compiling their patterns takes most of the time; asyncio, mail and numbers of other packages the rest."""
    found = loaded(module)
    assert module in found
    reading = {
        "rag.question",
        "rag.kinds",
        "rag.quantities",
        "rag.names",
        "rag.evidence",
        "rag.retriever",
        "rag.writing",
    }
    assert not found & reading
    assert not [name for name in found if name.startswith(("rag.figures", "rag.naming", "rag.conversation"))]
    assert not found & {"asyncio", "email", "importlib.metadata"}


def test_the_first_question_compiles_no_patterns_of_later_turns_and_asked_names():
    """They take tens of milliseconds to compile, and most first questions need none of them."""
    of_turns = {f"rag.conversation.{path.stem}" for path in (ROOT / "rag" / "conversation").glob("[a-z]*_*.py")}
    assert len(of_turns) >= 6
    found = loaded("rag.findings, rag.follow_up, rag.writing")
    assert "rag.writing" in found
    assert not found & (of_turns | {"rag.asked_names"})


def test_warming_up_loads_what_the_first_question_needs():
    program = """
import sys, tempfile
from pathlib import Path
from index.embedding import HashingEmbedder
from index.library import Library
from index.loading import load_samples
from rag import Assistant

with tempfile.TemporaryDirectory() as folder:
    library = Library(Path(folder) / "library", HashingEmbedder())
    list(library.add(load_samples()))
    assistant = Assistant(library)
    assistant.warm_up()
    warm = set(sys.modules)
    for question in ("亚马逊的资本支出是多少？", "What is Amazon's capital expenditure?"):
        assistant.ask(question)
    print(*(name for name in set(sys.modules) - warm if name.startswith("rag.")))
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
