# SPDX-FileCopyrightText: 2026 the triage authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many people of one patch: who is among them, without comparing each with each. A mail may name tens of thousands."""

from collections.abc import Iterable, Iterator

from triage.mail.identity import mailbox, name_words, spelt_out
from triage.model import Person
from triage.policy.people import People, hosts_above

_Key = tuple[object, ...]


class Crowd:
    """People with their places, found again as `same_person` tells them: by address, alias or name; `by_name=False`: not by name."""

    def __init__(self, people: People, persons: Iterable[tuple[int, Person]], by_name: bool = True) -> None:
        self._people = people
        self._by_name = by_name
        self._places: dict[_Key, list[int]] = {}
        for place, person in persons:
            for key in {*self._addressed(person), *self._named(person)}:
                self._places.setdefault(key, []).append(place)

    def __contains__(self, person: Person) -> bool:
        return any(True for _ in self._found(person))

    def after(self, person: Person, place: int) -> bool:
        """Say whether somebody stands behind a place too."""
        return any(places[-1] > place for places in self._found(person))

    def first(self, person: Person) -> int | None:
        """Return the first place of a person, None for nobody's."""
        return min((places[0] for places in self._found(person)), default=None)

    def _found(self, person: Person) -> Iterator[list[int]]:
        for key in {*self._asked(person), *self._asked_by_name(person)}:
            if key in self._places:
                yield self._places[key]

    def _addressed(self, person: Person) -> Iterator[_Key]:
        for address in self._people.addresses(person) if person.email else ():
            local, host = mailbox(address)
            yield "=", address
            if host:
                yield "at", local, host
                yield from (("below", local, above) for above in hosts_above(host) if above != host)

    def _asked(self, person: Person) -> Iterator[_Key]:
        for address in self._people.addresses(person) if person.email else ():
            local, host = mailbox(address)
            yield "=", address
            if host:
                yield from (("at", local, above) for above in hosts_above(host))
                if "." in host:
                    yield "below", local, host

    def _named(self, person: Person) -> Iterator[_Key]:
        name = self._people.known_as(person).name if self._by_name else ""
        if words := name_words(name):
            yield "name", words
            yield "spelt", spelt_out(name), name.isascii()

    def _asked_by_name(self, person: Person) -> Iterator[_Key]:
        name = self._people.known_as(person).name if self._by_name else ""
        if words := name_words(name):
            yield "name", words
            yield "spelt", spelt_out(name), False
            if not name.isascii():
                yield "spelt", spelt_out(name), True
