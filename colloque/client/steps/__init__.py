"""The steps of `colloque smoke`, in the order in which people live them."""

from colloque.client.steps import after, asking, coming, meeting
from colloque.client.story import Step

STEPS: tuple[Step, ...] = (*coming.STEPS, *asking.STEPS, *meeting.STEPS, *after.STEPS)
