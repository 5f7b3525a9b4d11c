"""Learn lessons in the background, so that no frame waits for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from emoapp.errors import EmoappError
from emoapp.platforms import waits
from emoapp.profiles import store
from emoapp.profiles.lessons import Lesson, samples_of
from emoapp.profiles.profile import Profile, new_profile


class Learner:
    """Adds lessons to a profile and keeps its file up to date. Closed by `close`.

    Args:
        name: Of the profile; of one that is begun now, a name that is not used yet.
        model: Checksum of the model.
        names: The model's labels.
        base: What the lessons are added to; None to begin a profile.

    Attributes:
        name: See the argument.
        lessons: The lessons so far, the newest last.
    """

    def __init__(self, name: str, model: str, names: tuple[str, ...], base: Profile | None) -> None:
        self.name = name
        self.lessons: list[Lesson] = []
        self._model = model
        self._names = names if base is None else base.samples.names
        self._base = base
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="learn")
        self._running: Future[Profile | None] | None = None
        self._again = False

    def add(self, lesson: Lesson) -> None:
        """Learn one more lesson."""
        self.lessons.append(lesson)
        self._start()

    def take_back(self) -> Lesson | None:
        """Forget the last lesson and return it; None where there is none."""
        if not self.lessons:
            return None
        lesson = self.lessons.pop()
        self._start()
        return lesson

    def poll(self, take: Callable[[Profile | None], object]) -> bool:
        """Hand on what was learned since the last call.

        Args:
            take: Called with the profile; None where nothing is left of it.

        Returns:
            Whether there was something.

        Raises:
            EmoappError: The profile can't be written; what was learned is handed on all the same.
        """
        if self._running is None or not self._running.done():
            return False
        done, self._running = self._running, None
        if self._again:
            self._again = False
            self._start()
        error = done.exception()
        if isinstance(error, _NotSaved):
            take(error.profile)
            raise error.reason
        take(done.result())
        return True

    def close(self, take: Callable[[Profile | None], object]) -> None:
        """Wait for what is being learned; see `poll`."""
        while self._running is not None:
            waits.await_all([self._running])
            self.poll(take)
        self._worker.shutdown()

    def _start(self) -> None:
        if self._running is not None:
            self._again = True
            return
        lessons = tuple(self.lessons)
        self._running = self._worker.submit(self._learn, lessons)

    def _learn(self, lessons: tuple[Lesson, ...]) -> Profile | None:
        profile = self._learned(lessons)
        try:
            if profile is not None:
                store.save(profile, overwrite=True)
            elif store.path_of(self.name).exists():
                store.delete(self.name)
        except EmoappError as exc:
            raise _NotSaved(profile, exc) from exc
        return profile

    def _learned(self, lessons: tuple[Lesson, ...]) -> Profile | None:
        base = self._base
        if not lessons:
            return base
        own = () if base is None else base.own_labels
        after = None if base is None else base.samples
        samples = samples_of(lessons, self._names, own, after=after)
        keep = base is not None and base.samples.crops is not None
        return new_profile(self.name, self._model, samples, keep_pictures=keep, provisional=True)


class _NotSaved(Exception):
    """A profile was learned and could not be written."""

    def __init__(self, profile: Profile | None, reason: EmoappError) -> None:
        super().__init__(str(reason))
        self.profile = profile
        self.reason = reason
