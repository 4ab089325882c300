"""Method files: what is accepted, and every fault with its place."""

import pytest

from analysis.errors import MethodFaults
from analysis.index.method import ItemScale, Operation, WhenAbsent, load_method
from tests.analysis.samples import LIKERT

SCALES = {
    "a": LIKERT,
    "b": LIKERT,
    "late": ItemScale(codes=("yes", "no")),
    "one": ItemScale(codes=(1,), satisfied=(1,)),
}
HEAD = 'code = "m"\nversion = "1"\ninstrument = "i"\nindex = "x"\n'
TITLE = 'title = { vi = "t", en = "t" }\n'


def node(body, code="x"):
    return f"[nodes.{code}]\n{TITLE}{body}\n"


def faults(text):
    with pytest.raises(MethodFaults) as caught:
        load_method(text, SCALES)
    return {(fault.code, fault.place) for fault in caught.value.faults}


def node_of(body):
    return load_method(HEAD + node(body), SCALES).node("x")


LEAF = 'operation = "pooled_top_box"\nitems = ["a", "b"]'


def test_a_method_is_read_whole():
    text = (
        HEAD
        + 'components = ["y"]\nalternatives = ["x"]\n'
        + node(
            'operation = "weighted_mean"\nof = ["y"]\nweights = [2]\nbands = { A = 0.9, B = 0.8 }'
        )
        + node(LEAF, "y")
    )
    method = load_method(text, SCALES)
    assert (method.code, method.version, method.instrument, method.index) == ("m", "1", "i", "x")
    assert method.components == ("y",)
    assert method.alternatives == ("x",)
    assert [found.code for found in method.nodes] == ["x", "y"]
    assert method.items == ("a", "b")
    assert method.leaf_items("x") == ("a", "b")
    assert set(method.scales) == {"a", "b"}
    x = method.node("x")
    assert x.operation is Operation.WEIGHTED_MEAN
    assert x.weights == (2.0,)
    assert x.when_absent is WhenAbsent.RESCALE
    assert x.bands == (("A", 0.9), ("B", 0.8))
    assert x.title == {"vi": "t", "en": "t"}
    with pytest.raises(KeyError):
        method.node("z")


def test_weights_are_equal_unless_given():
    text = HEAD + node('operation = "weighted_mean"\nof = ["y", "z"]') + node(LEAF, "y")
    method = load_method(text + node(LEAF, "z"), SCALES)
    assert method.node("x").weights == (1.0, 1.0)


def test_base_years_are_a_number_or_several():
    text = 'operation = "min_max"\nof = ["y"]\nminimum = [3, 2]\nmaximum = 8\nto = [1, 10]'
    x = load_method(HEAD + node(text) + node(LEAF, "y"), SCALES).node("x")
    assert (x.minimum, x.maximum, x.to) == (2.0, 8.0, (1.0, 10.0))


def test_the_hash_is_of_the_meaning_not_of_the_layout():
    plain = load_method(HEAD + node(LEAF), SCALES)
    spaced = load_method("# a remark\n" + HEAD + "\n" + node(LEAF) + "\n", SCALES)
    other_items = load_method(HEAD + node(LEAF.replace('"a", "b"', '"b", "a"')), SCALES)
    stricter = ItemScale(codes=(1, 2, 3, 4, 5), satisfied=(5,))
    other_scale = load_method(HEAD + node(LEAF), {"a": stricter, "b": LIKERT})
    assert plain.content_hash == spaced.content_hash
    assert plain.content_hash.startswith("sha256:")
    assert len({m.content_hash for m in (plain, other_items, other_scale)}) == 3


def test_not_toml_is_one_fault():
    assert faults("x = = 1") == {("method.not-toml", "method.toml")}


@pytest.mark.parametrize(
    ("body", "code", "key"),
    [
        ('operation = "pooled"\nitems = ["a"]', "method.unknown-operation", "operation"),
        ('items = ["a"]', "method.missing", "operation"),
        ('operation = "top_box"\nitems = ["a", "b"]', "method.wrong-count", "items"),
        ('operation = "top_box"\nitems = []', "method.wrong-count", "items"),
        ('operation = "pooled_top_box"\nitems = ["a", "a"]', "method.duplicate", "items"),
        ('operation = "pooled_top_box"\nitems = "a"', "method.not-a-list-of-texts", "items"),
        ('operation = "pooled_top_box"\nitems = ["q"]', "method.unknown-item", "items"),
        ('operation = "top_box"\nitems = ["late"]', "method.item-without-satisfied", "items"),
        ('operation = "mean_score"\nitems = ["late"]', "method.item-without-numbers", "items"),
        ('operation = "scaled_mean"\nitems = ["one"]', "method.item-without-range", "items"),
        (LEAF + "\nof = []", "method.unknown-key", "of"),
        (LEAF + "\nweights = [1]", "method.unknown-key", "weights"),
        ('operation = "option_share"\nitems = ["late"]', "method.missing", "options"),
        (
            'operation = "option_share"\nitems = ["late"]\noptions = ["perhaps"]',
            "method.unknown-option",
            "options",
        ),
        ('operation = "sum"\nof = ["q"]', "method.unknown-node", "of"),
        ('operation = "sum"\nof = ["x"]', "method.cycle", "of"),
        ('operation = "sum"\nof = []', "method.wrong-count", "of"),
        (
            'operation = "cap"\nof = ["y"]\nlimit = 1\nwhen_absent = "rescale"',
            "method.unknown-key",
            "when_absent",
        ),
        (
            'operation = "mean"\nof = ["y"]\nwhen_absent = "guess"',
            "method.not-an-option",
            "when_absent",
        ),
        (
            'operation = "weighted_mean"\nof = ["y"]\nweights = [1, 2]',
            "method.wrong-count",
            "weights",
        ),
        (
            'operation = "weighted_mean"\nof = ["y"]\nweights = [-1]',
            "method.bad-weights",
            "weights",
        ),
        ('operation = "weighted_mean"\nof = ["y"]\nweights = [0]', "method.bad-weights", "weights"),
        (
            'operation = "weighted_mean"\nof = ["y"]\nweights = [true]',
            "method.not-a-list-of-numbers",
            "weights",
        ),
        ('operation = "linear_points"\nof = ["y"]', "method.missing", "points"),
        (
            'operation = "linear_points"\nof = ["y"]\npoints = "ten"',
            "method.not-a-number",
            "points",
        ),
        ('operation = "linear_points"\nof = ["y"]\npoints = inf', "method.not-a-number", "points"),
        (
            'operation = "piecewise_points"\nof = ["y"]\nknots = [[0, 1]]',
            "method.not-knots",
            "knots",
        ),
        (
            'operation = "piecewise_points"\nof = ["y"]\nknots = [[1, 1], [0, 2]]',
            "method.knots-not-ascending",
            "knots",
        ),
        (
            'operation = "min_max"\nof = ["y"]\nminimum = 2\nmaximum = 2',
            "method.empty-range",
            "maximum",
        ),
        (
            'operation = "min_max"\nof = ["y"]\nminimum = 1\nmaximum = 2\nto = [10, 1]',
            "method.empty-range",
            "to",
        ),
        (
            'operation = "min_max"\nof = ["y"]\nminimum = 1\nmaximum = 2\nreversed = "no"',
            "method.not-true-or-false",
            "reversed",
        ),
        ('operation = "deduct"\nof = ["y"]', "method.amount-or-second-node", "amount"),
        ('operation = "cap"\nof = ["y"]', "method.missing", "limit"),
        (LEAF + '\nbands = { A = "high" }', "method.not-a-number", "bands.A"),
        (LEAF + "\nbands = { A = 1, B = 1 }", "method.duplicate", "bands.A"),
        (LEAF + "\nbands = 3", "method.not-a-table", "bands"),
    ],
)
def test_a_fault_of_a_node_has_its_place(body, code, key):
    found = faults(HEAD + node(body) + node(LEAF, "y"))
    assert (code, f"nodes.x.{key}") in found


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ('code = "m"\n' + node(LEAF), "method.missing", "version"),
        (HEAD.replace('"m"', "3") + node(LEAF), "method.not-a-text", "code"),
        (HEAD + "colour = 1\n" + node(LEAF), "method.unknown-key", "colour"),
        (HEAD, "method.missing", "nodes"),
        (HEAD + "[nodes]\nx = 3", "method.not-a-table", "nodes.x"),
        (HEAD + node(LEAF, "y"), "method.unknown-node", "index"),
        (HEAD + 'components = ["q"]\n' + node(LEAF), "method.unknown-node", "components"),
        (HEAD + 'alternatives = ["q"]\n' + node(LEAF), "method.unknown-node", "alternatives"),
        (HEAD + f"[nodes.x]\n{LEAF}", "method.missing", "nodes.x.title"),
        (
            HEAD + f'[nodes.x]\ntitle = {{ vi = "t" }}\n{LEAF}',
            "method.missing",
            "nodes.x.title.en",
        ),
    ],
)
def test_a_fault_of_the_file_has_its_place(text, code, place):
    assert (code, place) in faults(text)


def test_all_faults_are_reported_at_once():
    text = (
        'code = "m"\nversion = "1"\nindex = "q"\n'
        + node('operation = "pooled"')
        + node('operation = "top_box"\nitems = ["q", "late"]\nof = ["x"]', "y")
    )
    assert faults(text) == {
        ("method.missing", "instrument"),
        ("method.unknown-node", "index"),
        ("method.unknown-operation", "nodes.x.operation"),
        ("method.unknown-key", "nodes.y.of"),
        ("method.wrong-count", "nodes.y.items"),
        ("method.unknown-item", "nodes.y.items"),
        ("method.item-without-satisfied", "nodes.y.items"),
    }


def test_a_longer_cycle_is_found_at_each_of_its_nodes():
    text = HEAD + node('operation = "sum"\nof = ["y"]') + node('operation = "sum"\nof = ["x"]', "y")
    assert faults(text) == {("method.cycle", "nodes.x.of"), ("method.cycle", "nodes.y.of")}


def test_what_cannot_be_rescaled_fails():
    text = HEAD + node('operation = "sum"\nof = ["y"]') + node(LEAF, "y")
    assert load_method(text, SCALES).node("x").when_absent is WhenAbsent.FAIL
    assert node_of('operation = "mean_top_box"\nitems = ["a"]').when_absent is WhenAbsent.RESCALE
