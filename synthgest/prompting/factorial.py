"""The full factorial of environments and characters: every pair once before any pair twice, in an order that is always balanced."""

import math


def pair(index: int, environments: int, characters: int, shift: int = 0) -> tuple[int, int, int]:
    """(environment, character, cycle) of a class's clip number ``index``, all from 0.

    Both numbers advance with every clip, so that any run of clips is as balanced as can be: of the first 8 clips of 4 x 16,
    each environment is in two and no character in more than one. After each least common multiple of the two the environments
    slip by one, which makes all pairs distinct. shift: where a class begins.
    """
    pairs = environments * characters
    cycle, within = divmod(index, pairs)
    number = (within + shift) % pairs
    slip = number // math.lcm(environments, characters)
    return (number + slip) % environments, number % characters, cycle
