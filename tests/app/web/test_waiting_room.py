"""Whoever is let in is served; whoever is not is told at once that nothing was saved."""

import threading
from collections import Counter

from app.web.waiting_room import WaitingRoom


class Desk:
    """Serves when it is told to."""

    def __init__(self):
        self.go_on = threading.Event()
        self.inside = threading.Semaphore(0)

    def __call__(self, environ, start_response):
        self.inside.release()
        self.go_on.wait(30)
        start_response("200 OK", [])
        return (b"served",)


def ask(room, path="/c/05"):
    said = {}

    def start_response(status, headers):
        said["status"], said["headers"] = int(status[:3]), dict(headers)

    body = b"".join(room({"PATH_INFO": path}, start_response))
    return said["status"], said["headers"], body


def test_a_full_room_turns_people_away_and_serves_those_inside():
    desk = Desk()
    room = WaitingRoom(desk, places=2, seats=3, patience=30)
    served = []
    people = [threading.Thread(target=lambda: served.append(ask(room)[0])) for _ in range(5)]
    for each in people[:2]:
        each.start()
        desk.inside.acquire()
    for each in people[2:]:
        each.start()
    while room.seated < 3:
        threading.Event().wait(0.001)
    refused = ask(room)
    assert refused[0] == 503
    assert refused[1]["Retry-After"].isdigit()
    assert "chưa được lưu" in refused[2].decode()
    desk.go_on.set()
    for each in people:
        each.join()
    assert Counter(served) == {200: 5}
    assert ask(room)[0] == 200


def test_nobody_waits_longer_than_the_patience():
    desk = Desk()
    room = WaitingRoom(desk, places=1, seats=1, patience=0)
    first = threading.Thread(target=lambda: ask(room))
    first.start()
    desk.inside.acquire()
    assert ask(room)[0] == 503
    desk.go_on.set()
    first.join()


def test_whether_the_process_lives_can_always_be_asked():
    desk = Desk()
    room = WaitingRoom(desk, places=0, seats=0)
    desk.go_on.set()
    assert ask(room, "/healthz")[0] == 200
    assert ask(room)[0] == 503


def test_places_are_handed_on_in_the_order_of_coming():
    served, turns = [], threading.Lock()

    def app(environ, start_response):
        with turns:
            served.append(environ["PATH_INFO"])
        if environ["PATH_INFO"] == "/first":
            inside.release()
            go_on.wait(30)
        start_response("200 OK", [])
        return (b"",)

    go_on, inside = threading.Event(), threading.Semaphore(0)
    room = WaitingRoom(app, places=1, seats=5, patience=30)
    people = [threading.Thread(target=ask, args=(room, "/first"))]
    people[0].start()
    inside.acquire()
    for number in range(5):
        people.append(threading.Thread(target=ask, args=(room, f"/{number}")))
        people[-1].start()
        while room.seated <= number:
            threading.Event().wait(0.001)
    go_on.set()
    for each in people:
        each.join()
    assert served == ["/first", "/0", "/1", "/2", "/3", "/4"]


def test_who_went_away_keeps_no_place():
    desk = Desk()
    room = WaitingRoom(desk, places=1, seats=5, patience=0.001)
    first = threading.Thread(target=ask, args=(room,))
    first.start()
    desk.inside.acquire()
    assert [ask(room)[0] for _ in range(8)] == [503] * 8
    assert room.seated == 0
    desk.go_on.set()
    first.join()
    assert ask(room)[0] == 200
