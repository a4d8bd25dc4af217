"""Makes the models of the betsy suite runnable: their scripts are words that a host acts upon.

Every script task becomes a service task whose topic names its word, markers and boundary events
stay; conditions written for Java engines become FEEL. Nothing depends on names or ids.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
TOPIC = "betsy."
"""A topic is this and the word of the script."""

OUTPUT_NAME, INPUT_NAME = "betsy_written", "betsy_read"
"""Names given to data outputs and inputs of script tasks, so that an expression can say them."""

TAKES_TIME = frozenset({"WAIT_TEN_SECONDS", "CREATE_TIMESTAMP_LOG_1", "CREATE_TIMESTAMP_LOG_2"})
_CONTAINS = re.compile(r"""(!?)\s*(\w+)\.contains\(("[^"]*")\)>?""")
_EXPRESSIONS = (
    *("conditionExpression", "condition", "loopCondition", "loopCardinality"),
    *("completionCondition", "activationCondition"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Model:
    """A model as it is deployed.

    Attributes:
        xml: the file, rewritten.
        words: topics of the file without those that take time.
        slow_words: topics whose work takes ten seconds.
        global_words: word of each global script task, by its id.
    """

    xml: bytes
    words: frozenset[str]
    slow_words: frozenset[str]
    global_words: dict[str, str]


def read_model(path: Path) -> Model:
    """Read and rewrite a model."""
    root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False))
    global_words = dict(_rewrite_global_task(task) for task in root.iter(_bpmn("globalScriptTask")))
    topics = {_rewrite_script_task(task) for task in list(root.iter(_bpmn("scriptTask")))}
    for name in _EXPRESSIONS:
        for expression in root.iter(_bpmn(name)):
            if len(expression) == 0:
                expression.text = to_feel(expression.text or "")
    slow = {topic for topic in topics if topic.removeprefix(TOPIC) in TAKES_TIME}
    return Model(
        xml=etree.tostring(root, xml_declaration=True, encoding="UTF-8"),
        words=frozenset(topics - slow),
        slow_words=frozenset(slow),
        global_words=global_words,
    )


def to_feel(text: str) -> str:
    """Rewrite a condition of the suite.

    >>> to_feel('!test.contains("a")')
    'not(contains(test, "a"))'
    """
    plain = text.strip()
    if plain.startswith("${") and plain.endswith("}"):
        plain = plain[2:-1].strip()
    return _CONTAINS.sub(_contains, plain)


def _contains(found: re.Match[str]) -> str:
    call = f"contains({found[2]}, {found[3]})"
    return f"not({call})" if found[1] else call


def _rewrite_global_task(task: etree._Element) -> tuple[str, str]:
    """Let a global script task be FEEL without effect; its history line stands for its word."""
    word = _word(task)
    for script in task.findall(_bpmn("script")):
        script.text = f'betsy_word = "{word}"'
    task.set("scriptFormat", "feel")
    return task.get("id", ""), word


def _rewrite_script_task(task: etree._Element) -> str:
    word = _word(task)
    for script in task.findall(_bpmn("script")):
        task.remove(script)
    task.tag = _bpmn("serviceTask")
    task.set(f"{{{CAMUNDA}}}type", "external")
    task.set(f"{{{CAMUNDA}}}topic", f"{TOPIC}{word}")
    parameters = list(_parameters(task, word))
    if parameters:
        _add_parameters(task, parameters)
    return f"{TOPIC}{word}"


def _parameters(task: etree._Element, word: str) -> Iterator[tuple[str, str, str]]:
    """Give kind, name and text of the parameters that a word needs."""
    if word.startswith("INCREMENT_INTEGER_VARIABLE"):
        yield "input", "integerVariable", "=integerVariable"
        yield "output", "integerVariable", "=integerVariable"
    if word == "SET_STRING_DATA":
        yield "output", _renamed(task, "dataOutput", OUTPUT_NAME), "=written"
    if word == "LOG_DATA":
        yield "input", "data", f"={_renamed(task, 'dataInput', INPUT_NAME)}"


def _renamed(task: etree._Element, tag: str, name: str) -> str:
    """Name the data input or output of a task so that FEEL can say it, or use the item `data`."""
    item = task.find(f"{_bpmn('ioSpecification')}/{_bpmn(tag)}")
    if item is None:
        return "data"
    item.set("name", name)
    return name


def _add_parameters(task: etree._Element, parameters: list[tuple[str, str, str]]) -> None:
    extensions = task.find(_bpmn("extensionElements"))
    if extensions is None:
        extensions = etree.Element(_bpmn("extensionElements"))
        task.insert(len(task.findall(_bpmn("documentation"))), extensions)
    mapping = etree.SubElement(extensions, f"{{{CAMUNDA}}}inputOutput")
    for kind, name, text in parameters:
        parameter = etree.SubElement(mapping, f"{{{CAMUNDA}}}{kind}Parameter", {"name": name})
        parameter.text = text


def _word(task: etree._Element) -> str:
    return (task.findtext(_bpmn("script")) or "").strip()


def _bpmn(name: str) -> str:
    return f"{{{BPMN}}}{name}"
