"""Folders back to values: data sets, splits, runs with their models, lists and evaluations."""

from dashboard.workspace.run_meta import PARTS as PARTS
from dashboard.workspace.run_meta import DeviceMeta as DeviceMeta
from dashboard.workspace.run_meta import Part as Part
from dashboard.workspace.run_meta import RunMeta as RunMeta
from dashboard.workspace.storage import read_result as read_result
from dashboard.workspace.storage import save_result as save_result
from dashboard.workspace.storage import save_run as save_run
from dashboard.workspace.workspace import Workspace as Workspace
