"""A driver with one card, number 2. `FREE` None is a driver that fails."""

from types import SimpleNamespace

FREE: int | None = 76 * 2**30
TOTAL = 80 * 2**30
open_handles = 0


class NVMLError(Exception):
    pass


def nvmlInit() -> None:  # noqa: N802 - the driver's name
    global open_handles  # noqa: PLW0603 - as the driver counts
    open_handles += 1


def nvmlShutdown() -> None:  # noqa: N802 - the driver's name
    global open_handles  # noqa: PLW0603 - as the driver counts
    open_handles -= 1


def nvmlDeviceGetHandleByIndex(index: int) -> int:  # noqa: N802 - the driver's name
    if index != 2:
        raise NVMLError("Invalid Argument")
    return index


def nvmlDeviceGetMemoryInfo(handle: int) -> SimpleNamespace:  # noqa: N802 - the driver's name
    if FREE is None:
        raise NVMLError("Unknown Error")
    return SimpleNamespace(free=FREE, total=TOTAL)
