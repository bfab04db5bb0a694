"""What can be done in the exchange: one verb a file, each a change and its activity in one transaction.

The rooms; what they share stands beside them, announce above all: how a change is told.

    shelf, lookup  finding one thing by any of its names
    practices/    published, revised, translated, withdrawn       files/        whole files in and out
    adoption/     who took it up, and what came of it             judging/      what others think of it
    communities/  who acts, and whom they are like                clusters/     what they do together
    finding/      how practices are found                         measures/     the exchange in figures
    people/       officers, letters, questions, decisions
"""
