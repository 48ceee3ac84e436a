"""What the columns of a file of events seem to be, told from names, types and values."""

from data.roles.base import ITEM_COLUMNS as ITEM_COLUMNS
from data.roles.base import ROLES as ROLES
from data.roles.base import UNUSED as UNUSED
from data.roles.base import USER_COLUMNS as USER_COLUMNS
from data.roles.base import Role as Role
from data.roles.choosing import choose as choose
from data.roles.facts import Facts as Facts
from data.roles.facts import facts_of as facts_of
