"""What a comment is about: fourteen themes, several at once, found by phrases that anybody can review."""

from __future__ import annotations

from enum import StrEnum


class Theme(StrEnum):
    """The themes, in the order in which they are counted: a place in a sealed box, so that new ones go last."""

    STAFFING = "staffing"
    WORKLOAD = "workload"
    BREAKS_REST = "breaks_rest"
    SLEEP_SHIFTS = "sleep_shifts"
    MANAGEMENT_SUPPORT = "management_support"
    TEAM = "team"
    BULLYING_DISCRIMINATION = "bullying_discrimination"
    PATIENT_AGGRESSION = "patient_aggression"
    MORAL_DISTRESS = "moral_distress"
    RECOGNITION = "recognition"
    PAY = "pay"
    HOME_LIFE = "home_life"
    TRAINING_DEVELOPMENT = "training_development"
    EQUIPMENT_ENVIRONMENT = "equipment_environment"
