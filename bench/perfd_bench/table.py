"""Medians, ratios, and the table they are printed in."""

import statistics

median = statistics.median


def median_ratio(ours, theirs):
    """The median of the ratios pair by pair: each pair ran one right after the other, so a
    machine whose speed drifts changes both sides alike."""
    return median(a / b for a, b in zip(ours, theirs, strict=True))


def percentile(values, percent):
    """The smallest value that at least `percent` of all do not exceed."""
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


class Table:
    def __init__(self, title, columns):
        self.title, self.columns, self.rows, self.notes = title, columns, [], []
        self.missed = []

    def row(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def goal(self, met, text):
        """The cell of a goal; one that was missed is told at the end as well."""
        if not met:
            self.missed.append(text)
        return f"{text}: {'met' if met else 'MISSED'}"

    def note(self, text):
        self.notes.append(text)

    def text(self):
        lines = [self.columns, *self.rows]
        widths = [max(len(line[i]) for line in lines) for i in range(len(self.columns))]
        # As Markdown, so that what is printed can stand in the documentation as it is.
        def shown(cells):
            return "| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths)) + " |"

        out = [f"### {self.title}", "", shown(self.columns),
               "|" + "|".join("-" * (w + 2) for w in widths) + "|"]
        out += [shown(row) for row in self.rows]
        if self.notes:
            out += ["", *self.notes]
        return "\n".join(out) + "\n"
