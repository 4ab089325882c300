"""Draw a sample again, outside the program that drew it.

It needs only Python and numpy (for its Philox generator). Usage:

    python replay.py FRAME.csv PLAN.toml "SEED TEXT" [LIST.csv]

checks that FRAME.csv is the file the plan was fixed for, draws, writes replayed-list.csv with
its SHA-256 and, given LIST.csv, says whether it is the same.

KIỂM TRA LẠI MỘT LẦN CHỌN MẪU. Tệp này không dùng phần mềm đã chọn mẫu. Ai có tệp khung mẫu,
phương án và dãy số bốc thăm ghi trong biên bản đều phải nhận đúng danh sách trong biên bản.
"""

from __future__ import annotations

import sys

if __name__ == "__main__":  # files that lie beside this one are not to be taken for Python's own
    sys.path = [part for part in sys.path if part != __file__.rpartition("/")[0]]
import csv
import hashlib
import io
import json
import math
import tomllib
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

CIRCLE = 2**53  # Số ngẫu nhiên là số nguyên từ 0 đến CIRCLE - 1.
PPS = ("pps-systematic", "sampford", "pareto", "poisson")  # Xác suất tỷ lệ với quy mô.
RANDOM_SIZE = ("bernoulli", "poisson")  # Mỗi đơn vị được chọn riêng, số lượng không cố định.


class Chance:
    """Numbers by name. Mỗi tên một dãy số riêng, tính từ khung mẫu, phương án và dãy bốc thăm."""

    def __init__(self, frame_hash: str, plan_hash: str, seed: str) -> None:
        words = " ".join(unicodedata.normalize("NFC", seed).split())
        text = f"longdan-draw-1\n{frame_hash}\n{plan_hash}\n{words}"
        self.root = hashlib.sha256(text.encode()).digest()

    def __call__(self, name: str, n: int) -> list[int]:
        """Return n whole numbers below 2**53."""
        digest = hashlib.sha256(self.root + name.encode()).digest()
        key = [int.from_bytes(digest[at : at + 8], "little") for at in (0, 8)]
        raw = np.random.Philox(key=np.array(key, dtype=np.uint64), counter=0).random_raw(n)
        return [number >> 11 for number in raw.tolist()]


@dataclass(slots=True)
class Unit:
    """One unit. Một đơn vị: xã, thôn, hồ sơ, hoặc một dòng trong danh sách của thôn."""

    path: tuple[str, ...]  # mã của các cấp, từ trên xuống
    rows: list[int]  # các dòng của đơn vị trong khung mẫu
    number: int  # số thứ tự trong cấp chọn
    size: int = 0
    p: float = 1.0  # xác suất được chọn trong tổ
    certain: bool = False  # chắc chắn được chọn
    group: Any = None
    order: int = 0  # thứ tự được chọn trong tổ
    reserve: int = 0  # 0: mẫu chính; 1, 2, …: thứ tự dự phòng

    def chain(self) -> list[Unit]:
        """Return the units above, from the first stage on, and this one."""
        return [*(self.group.parent.chain() if self.group.parent else []), self]

    def overall(self, p: float = 1.0) -> float:
        """Multiply p by the probabilities of the stages, from the first on."""
        for unit in self.chain():
            p *= unit.p
        return p


@dataclass(slots=True)
class Group:
    """Units drawn among each other. Một tổ: các đơn vị cùng tầng trong cùng đơn vị cấp trên."""

    parent: Unit | None
    stratum: str
    units: list[Unit]
    n: int = 0  # số đơn vị sẽ chọn
    expected: float = 0.0


def joined(parts: Any) -> str:
    """Put codes together with a bar between them."""
    return "|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


class Draw:
    """The whole draw. Toàn bộ lần chọn mẫu."""

    def __init__(self, frame: dict[str, list[str]], plan: dict[str, Any], chance: Chance) -> None:
        self.frame, self.plan, self.chance = frame, plan, chance
        self.count = len(frame["key"])
        self.person: list[float] = []
        self.kept = self.one_per_person() if plan.get("one_per_person") else [True] * self.count
        told = plan.get("coordination")
        self.start = None if told is None else start_on_circle(told, chance)

    def one_per_person(self) -> list[bool]:
        """Keep one dossier of each person: that with the smallest number."""
        numbers = self.chance("person", self.count)
        of_person: dict[str, list[int]] = {}
        for row, person in enumerate(self.frame["prn"]):
            of_person.setdefault(person, []).append(row)
        self.person = [1.0 / len(of_person[person]) for person in self.frame["prn"]]
        kept = {min(rows, key=lambda row: (numbers[row], row)) for rows in of_person.values()}
        return [row in kept for row in range(self.count)]

    def run(self) -> list[Unit]:
        """Draw stage after stage. Chọn lần lượt từng cấp."""
        drawn: list[Unit] = []
        for number, stage in enumerate(self.plan["stage"], start=1):
            self.number, self.stage, self.method = number, stage, stage["method"]
            self.is_list, self.streams = stage["unit"] == "position", dict[str, list[int]]()
            self.is_last = number == len(self.plan["stage"])
            drawn.sort(key=lambda unit: unit.number)
            groups = self.lists(drawn) if self.is_list else self.groups(drawn)
            self.decide(groups)
            drawn = [unit for group in groups for unit in self.pick(group)]
        return drawn

    def groups(self, drawn: list[Unit]) -> list[Group]:
        """Put the units below what was drawn into strata."""
        stage, is_row = self.stage, self.stage["unit"] == "row"
        names = [above["unit"] for above in self.plan["stage"][: self.number]]
        columns = [self.frame["key" if name == "row" else name] for name in names]
        named, where = stage.get("certainty", []), stage.get("certainty_where", {})
        above: list[Unit | None] = [*drawn] if self.number > 1 else [None]
        place = {unit.path if unit else (): at for at, unit in enumerate(above)}
        rows_of: dict[tuple[str, ...], list[int]] = {}
        for row, path in enumerate(zip(*columns, strict=True)):
            if path[:-1] in place and (not is_row or self.kept[row]):
                rows_of.setdefault(path, []).append(row)
        # Mọi đơn vị của cấp này trong khung mẫu được đánh số theo thứ tự mã.
        paths = [] if is_row else sorted(set(zip(*columns, strict=True)))
        number = {path: at for at, path in enumerate(paths)}
        self.n_units = len(paths) or self.count
        strata: dict[tuple[int, str], list[Unit]] = {}
        units = [Unit(path, rows, number.get(path, rows[0])) for path, rows in rows_of.items()]
        for unit in sorted(units, key=lambda unit: unit.number):
            path, row = unit.path, unit.rows[0]
            if "size" in stage:
                unit.size = max(self.measure(unit.rows, stage["size"]), stage.get("size_floor", 0))
            unit.certain = path[-1] in named or joined(path) in named
            unit.certain |= any(self.frame[c][row] in values for c, values in where.items())
            text = self.text(stage.get("strata", []), row)
            strata.setdefault((place[path[:-1]], text), []).append(unit)
        return [Group(above[at], text, strata[at, text]) for at, text in sorted(strata)]

    def lists(self, drawn: list[Unit]) -> list[Group]:
        """Give numbers to the lines of the list of each unit. Danh sách người của từng thôn."""
        found = []
        for unit in drawn:
            lines = range(self.measure(unit.rows, self.stage["positions"]))
            units = [Unit((*unit.path, str(line + 1)), unit.rows, line) for line in lines]
            found += [Group(unit, "", units)] if units else []
        return found

    def measure(self, rows: list[int], name: str) -> int:
        """Add up a column of numbers; an empty cell is 0."""
        kept, column = self.kept, self.frame.get(name, [])
        return sum(kept[row] if name == "rows" else int(column[row] or 0) for row in rows)

    def text(self, columns: list[str], row: int) -> str:
        """Return what some columns hold, in one text."""
        return joined(self.frame[name][row] for name in columns)

    def decide(self, groups: list[Group]) -> None:
        """Say how many units each group gives. Mỗi tổ chọn bao nhiêu đơn vị."""
        rounding, is_free = self.stage.get("rounding", "nearest"), self.method in RANDOM_SIZE
        is_bounded = rounding != "random" and not is_free and "take" not in self.stage
        low: float = self.stage.get("minimum", int(is_bounded))
        high: float = self.stage.get("maximum", math.inf)
        start, total, before = self.chance(f"rounding/{self.number}", 1)[0] / CIRCLE, 0.0, 0
        for group in groups:
            x = self.wanted(group)
            if rounding == "nearest" and not is_free:
                x = math.floor(x + (Fraction(1, 2) if isinstance(x, Fraction) else 0.5))
            elif rounding in ("up", "down"):
                x = math.ceil(x) if rounding == "up" else math.floor(x)
            group.expected = float(min(max(x, low), high, len(group.units)))
            group.n = round(group.expected)
            if rounding == "random":  # một số chung cho mọi tổ: tổng lệch dưới một đơn vị
                total += group.expected
                end = math.floor(total + start)
                group.n, before = min(end - before, len(group.units)), end

    def wanted(self, group: Group) -> Any:
        """Return what the plan wants of a group; a share of it is an exact fraction."""
        stage, there = self.stage, len(group.units)
        if self.method == "all":
            return there
        kind = next(k for k in ("take", "share", "overall_take", "overall_share") if k in stage)
        amount, by = stage[kind], stage.get("take_by", stage.get("strata", []))
        label, is_table = self.text(by, group.units[0].rows[0]), isinstance(amount, dict)
        amount = amount.get(label, amount.get("*")) if is_table else amount
        if kind == "take":
            return amount
        above = group.parent.overall() if group.parent else 1.0
        if kind == "overall_take":
            rows = [r for r in range(self.count) if not is_table or self.text(by, r) == label]
            total = self.measure(rows, stage.get("positions", "rows"))
            return float(amount * there) / (float(total) * above)
        millionths = int(Fraction(str(amount)) * 10**6) * there
        if kind == "overall_share":
            return millionths / 10**6 / above
        is_exact = stage.get("rounding") != "random" and self.method not in RANDOM_SIZE
        return Fraction(millionths, 10**6) if is_exact else millionths / 10**6

    def pick(self, group: Group) -> list[Unit]:
        """Draw main units and reserves of a group. Chọn mẫu chính và dự phòng trong một tổ."""
        set_probabilities(group, self.method)
        certain = [unit for unit in group.units if unit.certain]
        rest = [unit for unit in group.units if not unit.certain and unit.p > 0]
        left = max(0, group.n - len(certain))
        u = self.numbers("stage", group)
        in_order = sorted(rest, key=u)
        if self.method == "pareto":
            in_order = sorted(rest, key=lambda unit: pareto(u(unit), unit.p))
        main, others = in_order[:left], in_order[left:]
        if self.method in RANDOM_SIZE:
            main = sorted((x for x in rest if u(x) < x.p), key=lambda unit: u(unit) / unit.p)
            others = sorted((x for x in rest if u(x) >= x.p), key=lambda unit: u(unit) / unit.p)
        elif self.method not in ("all", "srs", "pareto"):
            is_sampford, v = self.method == "sampford", self.numbers("reserves", group)
            main = sampford(rest, left, u) if is_sampford else self.along_list(rest, left, group)
            chosen, is_pps = {unit.number for unit in main}, self.method in PPS
            others = [unit for unit in rest if unit.number not in chosen]
            others.sort(key=lambda unit: pareto(v(unit), unit.p) if is_pps else v(unit))
        told = self.plan.get("reserves", {}) if self.is_last else {}
        parts, count = int(Fraction(str(told.get("share", 0))) * 10**6), len(certain + main)
        spare = told["take"] if "take" in told and count else -(-parts * count // 10**6)
        drawn = [*certain, *main, *others[:spare]]
        for order, unit in enumerate(drawn, start=1):
            unit.group, unit.order, unit.reserve = group, order, max(0, order - count)
        return drawn

    def numbers(self, name: str, group: Group) -> Any:
        """Return the function that gives each unit its random number, from 0 below 1."""
        if name == "stage" and self.is_last and self.start is not None:
            prn, start = self.frame["prn"], self.start
            return lambda unit: (int(prn[unit.rows[0]]) - start) % CIRCLE / CIRCLE
        label, n = f"{name}/{self.number}", self.n_units
        if self.is_list and group.parent:
            label, n = f"{label}/{joined(group.parent.path)}", len(group.units)
        stream = self.streams[label] = self.streams.get(label) or self.chance(label, n)
        return lambda unit: stream[unit.number] / CIRCLE

    def along_list(self, rest: list[Unit], n: int, group: Group) -> list[Unit]:
        """Draw at equal intervals along a list."""
        u = self.numbers("stage", group)(group.units[0])
        if self.stage.get("ties") == "random":
            rest = sorted(rest, key=self.numbers("ties", group))
        units = self.in_order(rest, self.stage.get("order", []))
        if self.method == "circular":
            start, there = min(int(u * len(units)), len(units) - 1), len(units)
            return [units[at] for at in sorted((start + j * there // n) % there for j in range(n))]
        sizes = [unit.size if self.method in PPS else 1 for unit in units]
        total, found, end = sum(sizes), [], 0
        point = min(math.floor(u * total), total - 1)
        for unit, size in zip(units, sizes, strict=True):
            end += n * size  # phần của đơn vị trên trục; các điểm cách nhau đúng bằng tổng
            if point < end:
                found.append(unit)
                point += total
        return found

    def in_order(self, units: list[Unit], columns: list[str]) -> list[Unit]:
        """Order by columns; in a serpentine every second block is turned round."""
        if not columns:
            return units
        name, found = columns[0], []
        blocks: dict[Any, list[Unit]] = {}
        for unit in units:
            is_number = name in ("households", "people")
            value = self.measure(unit.rows, name) if is_number else self.frame[name][unit.rows[0]]
            blocks.setdefault(value, []).append(unit)
        for place, value in enumerate(sorted(blocks)):
            block = self.in_order(blocks[value], columns[1:])
            found += block[::-1] if place % 2 and "sort" in self.stage else block
        return found


def pareto(u: float, p: float) -> float:
    """Return what Pareto sampling orders by."""
    return u * (1.0 - p) / (p * (1.0 - u))


def set_probabilities(group: Group, method: str) -> None:
    """Give each unit its inclusion probability within the group."""
    for unit in group.units:
        unit.certain = unit.certain or method == "all"
    while True:
        rest = [unit for unit in group.units if not unit.certain]
        left = max(0.0, group.expected - (len(group.units) - len(rest)))
        total = float(sum(unit.size for unit in rest))
        for unit in rest:
            unit.p = left * unit.size / (total or 1.0) if method in PPS else left / len(rest)
        # Đơn vị quá lớn thì chắc chắn được chọn; các đơn vị còn lại tính lại.
        large = [unit for unit in rest if unit.size > 0 and left * unit.size >= total]
        if method not in PPS or not large:
            return
        for unit in large:
            unit.certain, unit.p = True, 1.0


def sampford(units: list[Unit], n: int, u: Any) -> list[Unit]:
    """Draw n units by Sampford's method."""
    # plain[i][k]: sum over samples of k of the units from i on of products of p and 1 - p;
    # marked[i][k]: the same with one unit of the sample marked, which brings its 1 - p.
    plain, marked = [[1.0] + [0.0] * n], [[0.0] * (n + 1)]
    for unit in reversed(units):
        p, q, a, b = unit.p, 1.0 - unit.p, [0.0, *plain[0]], [0.0, *marked[0]]
        plain.insert(0, [q * a[k] + p * a[k - 1] for k in range(1, n + 2)])
        marked.insert(0, [q * b[k] + p * b[k - 1] + p * q * a[k - 1] for k in range(1, n + 2)])
    found, is_marked = list[Unit](), False
    for i, unit in enumerate(units):
        left, p, sums = n - len(found), unit.p, plain if is_marked else marked
        if left > 0:
            take = p * sums[i + 1][left - 1]
            mark = 0.0 if is_marked else p * (1.0 - p) * plain[i + 1][left - 1]
            point = u(unit) * sums[i][left]
            if point < take + mark or (1.0 - p) * sums[i + 1][left] == 0.0:
                found.append(unit)
                is_marked = is_marked or point >= take
    return found


def start_on_circle(told: dict[str, Any], chance: Chance) -> int:
    """Begin in the widest gap that earlier rounds left, at a place the seed gives."""
    arcs: list[list[int]] = told.get("avoid", [])
    number, gaps = chance("start", 1)[0], []
    for _, end in arcs:
        is_used = any((end - a) % CIRCLE < (b - a) % CIRCLE for a, b in arcs)
        gaps.append((0 if is_used else min((a - end) % CIRCLE for a, _ in arcs), -end))
    if not gaps:
        return number
    length, begin = max(gaps)  # khoảng trống rộng nhất
    slack = max(0, length - math.ceil(Fraction(str(told["room"])) * CIRCLE))
    return (slack * number // CIRCLE - begin) % CIRCLE


def write_list(draw: Draw, drawn: list[Unit]) -> bytes:
    """Write the list as the protocol's hash was taken of it."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    head = ["number", "reserve", "group", "order", "key", "position"]
    for at in range(1, len(draw.plan["stage"]) + 1):
        head += [f"unit_{at}", f"stratum_{at}", f"probability_{at}"]
    out.writerow([*head, *["person_probability"] * bool(draw.person), "probability", "weight"])
    for number, one in enumerate(drawn, start=1):
        row, group = one.rows[0], joined([*one.path[:-1], one.group.stratum])
        cells = [number, one.reserve, group, one.order, draw.frame["key"][row]]
        cells.append(one.path[-1] if draw.is_list else "")
        for code, step in zip(one.path, one.chain(), strict=True):
            cells += [code, step.group.stratum, repr(step.p)]
        share = draw.person[row : row + 1]  # trống nếu không chọn một hồ sơ mỗi người
        out.writerow([*cells, *map(repr, [*share, p := one.overall(*share), 1.0 / p])])
    return text.getvalue().encode()


def main(arguments: list[str]) -> None:
    """Check, draw, write, compare."""
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    if len(arguments) not in (3, 4):
        sys.exit(__doc__)
    content, plan = Path(arguments[0]).read_bytes(), Path(arguments[1]).read_text("utf-8")
    document = tomllib.loads(plan, parse_float=str)
    expected, found = document.pop("frame_hash", ""), hashlib.sha256(content).hexdigest()
    if found != expected:
        sys.exit(f"KHÔNG KHỚP: khung mẫu đã khóa (expected) {expected}, tệp này (found) {found}")
    told = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    plan_hash = hashlib.sha256(told.encode()).hexdigest()
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    frame = {name: [row[at] for row in rows[1:]] for at, name in enumerate(rows[0])}
    draw = Draw(frame, document, Chance(found, plan_hash, arguments[2]))
    drawn = draw.run()
    listed = write_list(draw, drawn)
    Path("replayed-list.csv").write_bytes(listed)
    n_main = sum(unit.reserve == 0 for unit in drawn)
    print(f"Khung mẫu (frame): {found}\nPhương án (plan):  {plan_hash}")
    print(f"Danh sách (list):  {hashlib.sha256(listed).hexdigest()}")
    print(f"Mẫu chính (main): {n_main}; dự phòng (reserves): {len(drawn) - n_main}")
    if len(arguments) == 4:
        if Path(arguments[3]).read_bytes() != listed:
            sys.exit(f"KHÔNG KHỚP: {arguments[3]} khác với danh sách chọn lại (replayed-list.csv)")
        print("KHỚP: danh sách giống hệt, từng chữ một (identical).")


if __name__ == "__main__":
    main(sys.argv[1:])
