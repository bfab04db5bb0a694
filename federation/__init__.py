"""How activities travel: journals, keys, peers. Knows JSON and HTTP; has never heard of practices.

The rooms, from the ground up; below all of them are base, errors and keys, above all of them node, an instance
seen from the wire, actor, its own actors, and recovery, its start after a crash:

    wire/        bytes in, facts out: activities, signatures, proofs
    ledger/      what is written down: the journal, what waits, whom we know
    others/      the one way out, and who the others are
    neighbours/  following, letting in, blocking, parting
    leaving/     carrying what was said        arriving/    taking in and judging what others say
"""
