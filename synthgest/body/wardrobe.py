"""The wardrobe: how often each garment is worn, in which cuts, lengths and patterns."""

from collections.abc import Mapping

NONE = "none"
"""Of what may be left off."""

Weights = Mapping[str, float]

WARDROBE: Mapping[tuple[str, str], Mapping[str, Weights]] = {
    ("casual", "male"): {
        "top": {"t-shirt": 31, "shirt": 17, "polo": 13, "sweater": 20, "hoodie": 14, "tank top": 5},
        "outer": {NONE: 70, "jacket": 14, "zip jacket": 10, "coat": 6},
        "bottom": {"jeans": 48, "chinos": 32, "shorts": 20},
        "shoes": {"sneakers": 66, "boots": 18, "loafers": 16},
        "hat": {NONE: 74, "cap": 15, "beanie": 11},
    },
    ("casual", "female"): {
        "top": {"t-shirt": 25, "shirt": 9, "polo": 7, "sweater": 22, "hoodie": 9, "tank top": 8, "blouse": 20},
        "outer": {NONE: 70, "jacket": 14, "zip jacket": 9, "coat": 7},
        "bottom": {"jeans": 32, "chinos": 14, "shorts": 9, "leggings": 11, "skirt": 20, "dress": 14},
        "shoes": {"sneakers": 56, "boots": 20, "loafers": 24},
        "hat": {NONE: 74, "cap": 7, "beanie": 9, "headscarf": 10},
    },
    ("formal", "male"): {
        "top": {"shirt": 90, "sweater": 10},
        "outer": {NONE: 35, "blazer": 55, "coat": 10},
        "bottom": {"chinos": 100},
        "shoes": {"loafers": 100},
        "hat": {NONE: 100},
    },
    ("formal", "female"): {
        "top": {"shirt": 30, "blouse": 60, "sweater": 10},
        "outer": {NONE: 40, "blazer": 50, "coat": 10},
        "bottom": {"chinos": 45, "skirt": 33, "dress": 22},
        "shoes": {"loafers": 100},
        "hat": {NONE: 88, "headscarf": 12},
    },
    ("sport", "male"): {
        "top": {"jersey": 60, "tank top": 14, "hoodie": 26},
        "outer": {NONE: 74, "zip jacket": 26},
        "bottom": {"tracksuit": 55, "shorts": 45},
        "shoes": {"sneakers": 100},
        "hat": {NONE: 74, "cap": 20, "beanie": 6},
    },
    ("sport", "female"): {
        "top": {"jersey": 52, "tank top": 24, "hoodie": 24},
        "outer": {NONE: 74, "zip jacket": 26},
        "bottom": {"tracksuit": 35, "shorts": 23, "leggings": 42},
        "shoes": {"sneakers": 100},
        "hat": {NONE: 74, "cap": 16, "beanie": 5, "headscarf": 5},
    },
    ("uniform", "male"): {
        "top": {"t-shirt": 100},
        "outer": {"field jacket": 100},
        "bottom": {"work trousers": 100},
        "shoes": {"boots": 100},
        "hat": {NONE: 15, "cap": 35, "helmet": 50},
    },
    ("hi-vis", "male"): {
        "top": {"t-shirt": 40, "sweater": 30, "shirt": 12, "polo": 18},
        "outer": {"vest": 100},
        "bottom": {"work trousers": 60, "jeans": 40},
        "shoes": {"boots": 70, "sneakers": 30},
        "hat": {NONE: 30, "hard hat": 60, "cap": 10},
    },
}
"""How often each kind of garment is worn, for each style of outfit and sex; what women wear at work is what men wear."""

CUTS: Mapping[str, Mapping[str, Weights]] = {
    "t-shirt": {"sleeve": {"short": 8, "elbow": 1, "long": 2}, "neckline": {"crew": 6, "v": 2}},
    "shirt": {"sleeve": {"short": 2, "long": 8}, "neckline": {"collar": 1}},
    "polo": {"sleeve": {"short": 1}, "neckline": {"collar": 1}},
    "sweater": {"sleeve": {"long": 1}, "neckline": {"crew": 5, "v": 2, "turtleneck": 2}},
    "hoodie": {"sleeve": {"long": 1}, "neckline": {"crew": 1}},
    "tank top": {"sleeve": {"none": 1}, "neckline": {"crew": 2, "scoop": 2}},
    "blouse": {"sleeve": {"none": 1, "short": 2, "elbow": 3, "long": 4}, "neckline": {"v": 3, "scoop": 3, "collar": 2}},
    "jersey": {"sleeve": {"short": 6, "long": 3}, "neckline": {"crew": 3, "v": 2}},
}
"""For each kind of top: how often each sleeve and neckline is worn."""

SLEEVES = {"none": (0.03, 0.08), "short": (0.55, 0.85), "elbow": (0.98, 1.35), "long": (1.88, 1.95)}
"""Where sleeves end: 0 at the shoulder, 1 at the elbow, 2 at the wrist."""

WORN_PATTERNS: Mapping[str, tuple[Weights, Weights]] = {
    "t-shirt": ({"plain": 7, "stripes": 2, "sleeves": 1}, {"stripes": 0.045, "sleeves": 1.0}),
    "shirt": ({"plain": 6, "checks": 3, "stripes": 1, "dots": 0.6}, {"checks": 0.05, "stripes": 0.03, "dots": 0.03}),
    "polo": ({"plain": 6, "stripes": 2, "yoke": 1}, {"stripes": 0.06}),
    "sweater": ({"knit": 6, "stripes": 2, "yoke": 1}, {"knit": 0.012, "stripes": 0.07}),
    "hoodie": ({"plain": 7, "sleeves": 2}, {}),
    "tank top": ({"plain": 5, "stripes": 1}, {"stripes": 0.04}),
    "blouse": ({"plain": 6, "dots": 2, "stripes": 1, "checks": 0.7}, {"dots": 0.04, "stripes": 0.03, "checks": 0.06}),
    "jersey": ({"plain": 5, "yoke": 2, "sleeves": 2}, {}),
}
"""For each kind of top: how often each pattern is worn, and its period, metres."""

LENGTHS = {
    "jeans": (1.92, 1.98),
    "chinos": (1.91, 1.98),
    "tracksuit": (1.90, 1.97),
    "work trousers": (1.93, 1.98),
    "shorts": (0.55, 0.95),
    "leggings": (1.85, 1.97),
    "skirt": (0.70, 1.5),
    "dress": (0.75, 1.5),
}
"""Where legs and skirts end: 0 at the hip, 1 at the knee, 2 at the ankle."""


def worn(style: str, sex: str) -> Mapping[str, Weights]:
    """The weights of ``WARDROBE`` for a style and a sex."""
    return WARDROBE.get((style, sex), WARDROBE[style, "male"])
