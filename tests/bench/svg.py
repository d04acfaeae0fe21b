"""Two kinds of charts as SVG: groups of bars, and lines over a size."""

import html
import math

WIDTH, HEIGHT = 760, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 76, 50
# People who do not see all colours can distinguish these. Source: Okabe and Ito.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00")


def _number(value):
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _text(x, y, text, anchor="middle", size=12):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">'
            f"{html.escape(text)}</text>")


class _Chart:
    def __init__(self, title, log):
        self.title, self.log = title, log
        self.series = []

    def add(self, name, values):
        """None: not measured."""
        self.series.append((name, values))

    def _scale(self):
        """Lowest and highest value, and the marks between them."""
        values = [value for _, row in self.series for value in row if value]
        top = max(values, default=1)
        if self.log:
            low = 10 ** math.floor(math.log10(min(values, default=1)))
            high = 10 ** math.ceil(math.log10(top))
            marks, mark = [], low
            while mark <= high * 1.001:
                marks.append(mark)
                mark *= 10
            return low, max(high, 10 * low), marks
        step = 10 ** math.floor(math.log10(top))
        step = next(step * part for part in (0.1, 0.2, 0.25, 0.5, 1, 2) if step * part * 6 >= top)
        count = math.ceil(top / step * 1.0001)
        return 0, step * count, [step * number for number in range(count + 1)]

    def _y(self, value, low, high):
        share = (math.log(value / low) / math.log(high / low) if self.log
                 else (value - low) / (high - low))
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP)

    def _frame(self, parts, low, high, marks, unit):
        parts.append(_text(LEFT, 22, self.title, "start", 15))
        parts.append(_text(LEFT - 8, TOP - 12, unit, "end"))
        for mark in marks:
            y = self._y(mark, low, high)
            parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" '
                         'stroke="#ddd"/>')
            parts.append(_text(LEFT - 8, y + 4, _number(mark), "end"))
        x = LEFT
        for number, (name, _) in enumerate(self.series):
            parts.append(f'<rect x="{x}" y="36" width="12" height="12" '
                         f'fill="{COLOURS[number % len(COLOURS)]}"/>')
            parts.append(_text(x + 17, 47, name, "start"))
            x += 36 + 7 * len(name)

    @staticmethod
    def _document(parts):
        return "\n".join([
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" fill="#222">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>', *parts, "</svg>", ""])


class Bars(_Chart):
    """A group of bars for each name in `groups`, a bar for each series."""

    def __init__(self, title, unit, groups, log=False):
        super().__init__(title, log)
        self.unit, self.groups = unit, groups

    def draw(self):
        parts = []
        low, high, marks = self._scale()
        self._frame(parts, low, high, marks, self.unit)
        group_width = (WIDTH - LEFT - RIGHT) / len(self.groups)
        bar_width = 0.8 * group_width / max(1, len(self.series))
        for place, group in enumerate(self.groups):
            begin = LEFT + place * group_width + 0.1 * group_width
            parts.append(_text(begin + 0.4 * group_width, HEIGHT - BOTTOM + 20, group,
                               size=12 if len(self.groups) < 5 else 10))
            for number, (_, values) in enumerate(self.series):
                value = values[place]
                if not value:
                    continue
                y = self._y(value, low, high)
                x = begin + number * bar_width
                parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{bar_width - 3:.1f}" '
                             f'height="{HEIGHT - BOTTOM - y:.1f}" '
                             f'fill="{COLOURS[number % len(COLOURS)]}"/>')
                parts.append(_text(x + bar_width / 2, y - 4, _number(value), size=10))
        return self._document(parts)


class Lines(_Chart):
    """Lines of values over sizes. `log`: the distance between neighbouring sizes is always the same."""

    def __init__(self, title, what, sizes, log=True):
        super().__init__(title, False)
        self.what, self.sizes, self.even = what, sizes, log

    def draw(self):
        parts = []
        low, high, marks = self._scale()
        self._frame(parts, low, high, marks, "")
        for place, size in enumerate(self.sizes):
            if self.even or place % max(1, len(self.sizes) // 6) == 0:
                parts.append(_text(self._x(place), HEIGHT - BOTTOM + 20, f"{size:,}"))
        parts.append(_text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, self.what))
        for number, (_, values) in enumerate(self.series):
            points = [(self._x(place), self._y(value, low, high))
                      for place, value in enumerate(values)]
            colour = COLOURS[number % len(COLOURS)]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" '
                         'stroke-width="2"/>')
            if self.even:
                parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
                          for x, y in points]
        return self._document(parts)

    def _x(self, place):
        width = WIDTH - LEFT - RIGHT - 80
        if self.even:
            return LEFT + 40 + width * place / max(1, len(self.sizes) - 1)
        first, last = self.sizes[0], self.sizes[-1]
        return LEFT + 40 + width * (self.sizes[place] - first) / max(1, last - first)
