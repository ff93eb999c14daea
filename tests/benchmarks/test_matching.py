"""The matching benchmark on a few invented cases, so that it runs whenever the tests do."""

from __future__ import annotations

from pathlib import Path

from benchmarks import matching

CASES = Path(__file__).parent.parent / "data" / "matching" / "cases.jsonl"


def test_the_matcher_is_right_on_every_invented_case(capsys):
    cases = matching.read_cases(CASES)

    verdicts = matching.measure("Spotizer", matching.choose, cases, show=True)

    assert verdicts == {"right": len(cases)}, capsys.readouterr().out


def test_the_benchmark_prints_shares_speed_and_the_plain_baseline(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["matching.py", "--cases", str(CASES)])

    assert matching.main() == 0

    printed = capsys.readouterr().out
    assert "µs per candidate" in printed
    assert "plain rapidfuzz" in printed
    assert "withheld-web" in printed


def test_the_benchmark_says_so_when_there_are_no_cases(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.argv", ["matching.py", "--cases", str(tmp_path / "none.jsonl")])

    assert matching.main() == 0

    assert "There are no cases" in capsys.readouterr().out


def test_the_benchmark_without_arguments_runs_on_the_invented_cases_and_says_so(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["matching.py", "--size", "0.01"])

    assert matching.main() == 0

    assert "invented" in capsys.readouterr().out


def test_a_pick_where_none_is_right_counts_as_the_worst_kind_of_wrong():
    assert matching.judge({"right": []}, "a") == "wrong_none"
    assert matching.judge({"right": []}, None) == "right"
    assert matching.judge({"right": ["b"]}, "a") == "wrong"
    assert matching.judge({"right": ["b"]}, None) == "missed"
