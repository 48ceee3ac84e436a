"""The vocabulary of the sample marketplace: invented goods, brands and people."""

from __future__ import annotations

from typing import NamedTuple


class Good(NamedTuple):
    """A kind of product: what one costs about, its sizes, and whether it is used up and bought again."""

    noun: str
    shelf: str
    price: float
    sizes: tuple[str, ...]
    used_up: bool = False


class Department(NamedTuple):
    """One taste cluster of the marketplace."""

    name: str
    purpose: str  # ends the sentence "… for …"
    looks: tuple[str, ...]
    goods: tuple[Good, ...]
    spare: str  # what is bought for another product


DEPARTMENTS = (
    Department(
        "Kitchen",
        "slow mornings and long dinners",
        ("Copper", "Walnut", "Enamel", "Cast Iron", "Stoneware", "Glass", "Bamboo", "Steel"),
        (
            Good("Kettle", "Kettles", 48, ("0.8 l", "1.2 l", "1.7 l")),
            Good("Saucepan", "Pans", 62, ("16 cm", "20 cm")),
            Good("Frying Pan", "Pans", 54, ("24 cm", "28 cm")),
            Good("Mixing Bowl", "Bowls", 22, ("2 l", "4 l")),
            Good("Coffee Grinder", "Coffee", 71, ("hand", "electric")),
            Good("Coffee Beans", "Coffee", 14, ("250 g", "1 kg"), True),
            Good("Loose Tea", "Tea", 9, ("100 g", "250 g"), True),
            Good("Bread Board", "Boards", 31, ("35 cm", "45 cm")),
        ),
        "Care Kit",
    ),
    Department(
        "Garden",
        "beds, pots and balconies",
        ("Terracotta", "Oak", "Zinc", "Willow", "Cedar", "Slate", "Rustic", "Clay"),
        (
            Good("Planter", "Pots", 27, ("20 cm", "30 cm", "45 cm")),
            Good("Watering Can", "Watering", 24, ("3 l", "7 l")),
            Good("Hand Trowel", "Tools", 13, ("short", "long")),
            Good("Pruning Shears", "Tools", 29, ("18 cm", "22 cm")),
            Good("Herb Seeds", "Seeds", 4, ("3 sorts", "6 sorts"), True),
            Good("Potting Soil", "Soil", 8, ("10 l", "40 l"), True),
            Good("Bird House", "Wildlife", 34, ("28 mm", "32 mm")),
            Good("Trellis", "Supports", 41, ("120 cm", "180 cm")),
        ),
        "Liner Set",
    ),
    Department(
        "Outdoor",
        "weekends above the tree line",
        ("Alpine", "Ridge", "Glacier", "Summit", "Timber", "Fjord", "Canyon", "Tundra"),
        (
            Good("Tent", "Tents", 210, ("1 person", "2 persons", "4 persons")),
            Good("Sleeping Bag", "Sleeping", 120, ("5 °C", "-5 °C")),
            Good("Backpack", "Packs", 98, ("25 l", "45 l")),
            Good("Head Lamp", "Lights", 39, ("200 lm", "500 lm")),
            Good("Trail Bar", "Food", 3, ("6 pack", "24 pack"), True),
            Good("Gas Cartridge", "Cooking", 7, ("230 g", "450 g"), True),
            Good("Camp Stove", "Cooking", 66, ("one flame", "two flames")),
            Good("Water Filter", "Water", 45, ("1 l", "3 l")),
        ),
        "Repair Kit",
    ),
    Department(
        "Music",
        "rehearsal rooms and small stages",
        ("Vintage", "Studio", "Maple", "Ebony", "Midnight", "Amber", "Silver", "Road"),
        (
            Good("Guitar", "Guitars", 340, ("3/4", "full size")),
            Good("Ukulele", "Guitars", 75, ("soprano", "concert", "tenor")),
            Good("Microphone", "Recording", 130, ("dynamic", "condenser")),
            Good("Audio Interface", "Recording", 165, ("2 inputs", "4 inputs")),
            Good("Guitar Strings", "Strings", 11, ("light", "medium"), True),
            Good("Drum Sticks", "Drums", 12, ("5A", "7A"), True),
            Good("Snare Drum", "Drums", 180, ("13 inch", "14 inch")),
            Good("Music Stand", "Stands", 33, ("folding", "heavy")),
        ),
        "Gig Bag",
    ),
    Department(
        "Craft",
        "evenings with busy hands",
        ("Merino", "Linen", "Indigo", "Ochre", "Rosewood", "Ivory", "Moss", "Coral"),
        (
            Good("Yarn", "Knitting", 9, ("50 g", "100 g"), True),
            Good("Knitting Needles", "Knitting", 15, ("4 mm", "6 mm")),
            Good("Embroidery Hoop", "Embroidery", 8, ("15 cm", "25 cm")),
            Good("Acrylic Paint", "Painting", 7, ("75 ml", "250 ml"), True),
            Good("Brush Set", "Painting", 19, ("6 pieces", "12 pieces")),
            Good("Sewing Box", "Sewing", 36, ("small", "large")),
            Good("Fabric Bundle", "Sewing", 24, ("1 m", "3 m")),
            Good("Loom", "Weaving", 88, ("30 cm", "50 cm", "70 cm")),
        ),
        "Pattern Book",
    ),
    Department(
        "Cycling",
        "every road to work and back",
        ("Carbon", "Alloy", "Comet", "Gravel", "Urban", "Velvet", "Titan", "Breeze"),
        (
            Good("Helmet", "Safety", 72, ("S", "M", "L")),
            Good("Bike Light", "Safety", 28, ("front", "rear")),
            Good("Saddle", "Parts", 58, ("narrow", "wide")),
            Good("Pedals", "Parts", 47, ("flat", "clip")),
            Good("Chain Oil", "Care", 9, ("100 ml", "250 ml"), True),
            Good("Inner Tube", "Tyres", 6, ("28 inch", "29 inch"), True),
            Good("Pannier", "Bags", 79, ("15 l", "25 l")),
            Good("Floor Pump", "Tools", 42, ("8 bar", "11 bar")),
        ),
        "Mount",
    ),
    Department(
        "Play",
        "rainy afternoons on the carpet",
        ("Rainbow", "Jungle", "Ocean", "Castle", "Robot", "Dragon", "Forest", "Space"),
        (
            Good("Building Blocks", "Building", 32, ("50 pieces", "120 pieces")),
            Good("Board Game", "Games", 35, ("2 players", "4 players", "6 players")),
            Good("Jigsaw", "Puzzles", 16, ("100 pieces", "500 pieces")),
            Good("Plush Toy", "Plush", 21, ("20 cm", "40 cm")),
            Good("Modelling Clay", "Making", 10, ("4 colours", "12 colours"), True),
            Good("Crayons", "Making", 6, ("12 colours", "36 colours"), True),
            Good("Train Set", "Building", 64, ("oval", "figure eight")),
            Good("Kite", "Outside", 23, ("90 cm", "140 cm")),
        ),
        "Extension Pack",
    ),
    Department(
        "Desk",
        "thinking on paper and on screen",
        ("Graphite", "Cork", "Birch", "Brass", "Marble", "Felt", "Nordic", "Cobalt"),
        (
            Good("Notebook", "Paper", 12, ("A5", "A4"), True),
            Good("Fountain Pen", "Writing", 44, ("fine", "medium")),
            Good("Ink", "Writing", 11, ("30 ml", "80 ml"), True),
            Good("Desk Lamp", "Light", 69, ("clamp", "base")),
            Good("Monitor Stand", "Order", 53, ("50 cm", "70 cm", "100 cm")),
            Good("Mechanical Keyboard", "Tech", 115, ("60 %", "full")),
            Good("Desk Mat", "Order", 26, ("60 cm", "90 cm")),
            Good("Document Tray", "Order", 18, ("2 levels", "3 levels")),
        ),
        "Refill Box",
    ),
)
BRANDS = (  # three of each department
    ("Alderby", "Brightmoor", "Calloway & Finch"),
    ("Dunmere", "Elmstead", "Fernhollow"),
    ("Gossamer", "Harrowgate", "Ivenholt"),
    ("Juniper Row", "Kestrel & Co", "Lundgren"),
    ("Marlow", "Northlight", "Oakhaven"),
    ("Pellbrook", "Quillon", "Ravensworth"),
    ("Sundby", "Thistledown", "Underhill"),
    ("Valemont", "Westerlea", "Yarrow"),
)
AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-64", "65+")
REGIONS = ("North", "South", "East", "West", "Islands")
DEVICES = ("mobile", "desktop", "tablet")
