"""All rows of the corpus."""

from tests.media.corpus.broken import BROKEN
from tests.media.corpus.good import GOOD
from tests.media.corpus.hostile import HOSTILE
from tests.media.corpus.odd import ODD
from tests.media.corpus.shape import Shape
from tests.media.corpus.smuggled import SMUGGLED

SHAPES: tuple[Shape, ...] = tuple(row for family in (GOOD, ODD, BROKEN, HOSTILE, SMUGGLED) for row in family.rows)
