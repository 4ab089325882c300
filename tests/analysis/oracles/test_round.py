"""A whole round against R: components, overall, domains, every measure."""

import json

import pytest

from tests.analysis.oracles.compare import HERE, differences, read_round


@pytest.mark.parametrize("name", ["synthetic", "lonely", "demo"])
def test_every_figure_of_a_round_is_that_of_r(name):
    figures = read_round(HERE / f"{name}.config.json").figures()
    assert differences(figures, HERE / f"{name}.json") == []


def test_the_oracle_holds_the_awkward_cases():
    figures = json.loads((HERE / "synthetic.json").read_text())["figures"]
    assert len(figures) > 200
    assert any(f["n"] > 0 and f["value"] == 1 and f["df"] > 0 for f in figures)
    assert any(f["n"] > 0 and f["df"] == 0 for f in figures)
    assert any(f["domain_code"] == "rare" for f in figures)


def test_a_difference_is_noticed(tmp_path):
    oracle = json.loads((HERE / "synthetic.json").read_text())
    oracle["figures"][0]["error"] *= 1 + 1e-8
    oracle["figures"].append(oracle["figures"][0] | {"domain_code": "nowhere"})
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(oracle))
    found = differences(read_round(HERE / "synthetic.config.json").figures(), changed)
    assert len(found) == 2
