/*
 * The protocol of the serialising dispatcher (docs/design.md), for spin: number, append, publish; the clock that is derived
 * from one word, the ring and the counter; waits in two stages and notifyAt; room, and groups that hold none while they wait; the end.
 * Two receivers with inboxes of one slot; a pump to receiver 0 and one to both of them (or, with -DTWO_GROUPS, two to both);
 * a reader, and a thread that waits for the clock, for each receiver; one that looks at the clocks without a lock.
 *
 * Each statement is a step that any other process may come before. What is done under the core's lock is not one step, as
 * readers go on without it. Memory is sequentially consistent here, as it is for the volatile words that this is about;
 * weaker orders are jcstress's business.
 *
 * Checked: no process stands for ever (an invalid end state: a lost wake-up, a deadlock); a clock that was seen at s, or a
 * wait for s that has returned, finds the effect of every message up to s; no clock falls; numbers are dense; each message
 * is given once and in order.
 *
 * -DBUG_... plants a mistake, which must be found: see run.
 */
#ifndef FIRST
#define FIRST 2 /* messages of the first pump */
#endif
#ifndef SECOND
#define SECOND 1 /* and of the second */
#endif
#define RECEIVERS 2
#define PUMPS 2
#define TOTAL (FIRST + SECOND)
#define MESSAGES (id == 0 -> FIRST : SECOND)
#define NONE 255

typedef Inbox {
    byte ring[TOTAL + 1];
    byte appended;   /* positions from here on are not filled */
    byte tail;       /* what the reader may take is below */
    byte head;       /* what the reader has taken is below */
    byte inHand;     /* the word of the watermark: what is in hand, 0 for nothing */
    byte notifyAt;      /* the reader settles when the clock is here, or beyond */
    bool readerWaits;
    bool arrived;
    byte waited;     /* the number that a thread waits for, NONE for none */
    bool settled;
    byte watch;      /* at this number of the counter the inbox is told */
    bool queued;     /* a pump stands in the queue */
    bool granted;    /* and has been granted a slot */
    bool watcher[PUMPS];
    bool atEnd;
    byte permits;    /* BUG_PARTIAL_PERMITS only */

    /* what is so, whether or not anybody has seen it */
    bool addressed[TOTAL + 1];
    bool handled[TOTAL + 1];
}

Inbox inbox[RECEIVERS];
byte counter;
byte lock; /* 0: free */
bool slotSeen[PUMPS];
byte missing[PUMPS];
byte drained;

#define LOCK atomic { lock == 0 -> lock = _pid + 1 }
#define UNLOCK lock = 0
/* waits for a signal under the lock, as a condition does */
#define AWAIT(flag) atomic { flag = false; lock = 0 } ; flag ; LOCK
#define FREE(r) (CAPACITY - (inbox[r].appended - inbox[r].head) - inbox[r].permits - (inbox[r].granted -> 1 : 0))
#define CAPACITY 1
#define WANTED(r) (inbox[r].watcher[0] || inbox[r].watcher[1] || (inbox[r].queued && !inbox[r].granted))

/* with nothing in hand, what is first in the ring counts: it is looked at between two looks at the word */
inline readTime(r, t) {
#ifndef BUG_TIME_READS_THE_COUNTER_LAST
    bound = counter;
#endif
    do
    :: word = inbox[r].inHand;
       if
       :: word != 0 -> break
       :: else
       fi;
       end = inbox[r].appended;
       atomic { /* one read; and that of a slot that changes no more */
           if
           :: inbox[r].head < end -> word = inbox[r].ring[inbox[r].head]
           :: else
           fi
       }
#ifdef BUG_LOOKS_ONCE
       break
#else
       if
       :: inbox[r].inHand == 0 -> break
       :: else
       fi
#endif
    od;
    atomic {
#ifdef BUG_TIME_READS_THE_COUNTER_LAST
        bound = counter;
#endif
        if
        :: word == 0 || word - 1 > bound -> t = bound
        :: else -> t = word - 1
        fi;
        word = 0;
        end = 0
    }
}

/* under the lock: settles those who are due, wakes those for whom there is room, and sets notifyAt for the rest */
inline settle(r) {
    do
    :: readTime(r, time);
       atomic { /* but for the reader's head, which is read once, only what the lock guards */
           if
           :: inbox[r].waited <= time -> inbox[r].settled = true; inbox[r].waited = NONE
           :: else
           fi;
           if
           :: WANTED(r) && FREE(r) > 0 ->
              for (pump : 0 .. PUMPS - 1) {
                  if
                  :: inbox[r].watcher[pump] ->
                     inbox[r].watcher[pump] = false;
                     missing[pump]--;
                     if
                     :: missing[pump] == 0 -> slotSeen[pump] = true
                     :: else
                     fi
                  :: else
                  fi
              }
              if
              :: inbox[r].queued && !inbox[r].granted -> inbox[r].granted = true; slotSeen[0] = true
              :: else
              fi
           :: else
           fi;
           pump = 0;
           if
           :: WANTED(r) -> inbox[r].notifyAt = 0
           :: else -> inbox[r].notifyAt = inbox[r].waited
           fi
       }
#ifdef BUG_NO_SECOND_LOOK
       break
#else
       /* the reader may have gone on before it could see notifyAt */
       readTime(r, time);
       if
       :: (inbox[r].notifyAt != NONE && inbox[r].waited <= time) || (WANTED(r) && FREE(r) > 0)
       :: else -> break
       fi
#endif
    od;
    atomic {
        time = 0; bound = 0;
        if
        :: inbox[r].waited > counter && inbox[r].waited != NONE -> inbox[r].watch = inbox[r].waited
        :: else -> inbox[r].watch = NONE
        fi
    }
}

inline append(r) {
    atomic { inbox[r].ring[inbox[r].appended] = number; inbox[r].appended++ }
}

inline publish(r) {
    atomic {
        inbox[r].tail = inbox[r].appended;
        if
        :: inbox[r].readerWaits -> inbox[r].arrived = true
        :: else
        fi
    }
}

inline tell() {
    if
    :: inbox[0].watch <= counter -> inbox[0].watch = NONE; settle(0)
    :: else
    fi;
    if
    :: inbox[1].watch <= counter -> inbox[1].watch = NONE; settle(1)
    :: else
    fi
}

/* to receiver 0: stands in its queue, and nobody overtakes it */
proctype direct(byte id) {
    byte sent, number, time, bound, pump, word, end;
    do
    :: sent < MESSAGES ->
       LOCK;
       if
       :: FREE(0) <= 0 ->
          inbox[0].queued = true;
          settle(0);
          do
          :: inbox[0].granted -> break
          :: else -> AWAIT(slotSeen[id])
          od
       :: else
       fi;
       number = counter + 1;
       inbox[0].addressed[number] = true;
#ifdef BUG_COUNTER_FIRST
       counter = number;
#endif
       append(0);
       counter = number;
       publish(0);
       if
       :: inbox[0].queued -> inbox[0].queued = false; inbox[0].granted = false; settle(0)
       :: else
       fi;
       tell();
       UNLOCK;
       sent++
    :: else -> break
    od;
    LOCK;
    drained++;
    if
    :: drained == PUMPS -> inbox[0].atEnd = true; inbox[0].arrived = true
    :: else
    fi;
    UNLOCK
}

/* to both: looks on at those that are full until each has had a free slot, and holds none meanwhile */
proctype group(byte id) {
    byte sent, number, time, bound, pump, word, end;
    do
    :: sent < MESSAGES ->
       LOCK;
#ifdef BUG_PARTIAL_PERMITS
       do
       :: FREE(id) > 0 -> break
       :: else -> inbox[id].watcher[id] = true; missing[id] = 1; settle(id);
          do :: missing[id] == 0 -> break :: else -> AWAIT(slotSeen[id]) od
       od;
       inbox[id].permits++;
       UNLOCK; LOCK; /* others come between */
       do
       :: FREE(1 - id) > 0 -> break
       :: else -> inbox[1 - id].watcher[id] = true; missing[id] = 1; settle(1 - id);
          do :: missing[id] == 0 -> break :: else -> AWAIT(slotSeen[id]) od
       od;
       inbox[id].permits--;
#else
       if
       :: FREE(0) <= 0 || FREE(1) <= 0 ->
          if
          :: FREE(0) <= 0 -> inbox[0].watcher[id] = true; missing[id]++
          :: else
          fi;
          if
          :: FREE(1) <= 0 -> inbox[1].watcher[id] = true; missing[id]++
          :: else
          fi;
          if
          :: inbox[0].watcher[id] -> settle(0)
          :: else
          fi;
          if
          :: inbox[1].watcher[id] -> settle(1)
          :: else
          fi;
          do
          :: missing[id] == 0 -> break
          :: else -> AWAIT(slotSeen[id])
          od
       :: else
       fi;
#endif
       number = counter + 1;
       inbox[0].addressed[number] = true;
       inbox[1].addressed[number] = true;
       append(0);
       append(1);
       counter = number;
       publish(0);
       publish(1);
       tell();
       UNLOCK;
       sent++
    :: else -> break
    od;
    LOCK;
    drained++;
    if
    :: drained == PUMPS -> inbox[0].atEnd = true; inbox[0].arrived = true
    :: else
    fi;
#ifdef TWO_GROUPS
    if
    :: drained == PUMPS -> inbox[1].atEnd = true; inbox[1].arrived = true
    :: else
    fi;
#else
    inbox[1].atEnd = true;
    inbox[1].arrived = true;
#endif
    UNLOCK
}

proctype reader(byte r) {
    byte number, inHand, last, time, bound, pump, word, end;
    do
    :: inbox[r].tail > inbox[r].head ->
       number = inbox[r].ring[inbox[r].head];
       assert(number > last && inbox[r].addressed[number]);
       if
       :: inHand == 0 ->
#ifdef BUG_LEAVES_THE_RING_FIRST
          inbox[r].head++;
          inbox[r].inHand = number
#else
          inbox[r].inHand = number; /* before it leaves the ring, at which others look */
          inbox[r].head++
#endif
       :: else ->
          inbox[r].head++;
#ifdef BUG_ALARM_BEFORE_PROGRESS
          time = inbox[r].notifyAt;
#endif
#ifdef BUG_FINISHED_WHEN_GIVEN
          inbox[r].inHand = number + 1
#else
          inbox[r].inHand = number /* finishes what was in hand */
#endif
       fi;
#ifdef BUG_ALARM_BEFORE_PROGRESS
       if
       :: inHand != 0 && number <= time
       :: else ->
#else
       if
       :: number <= inbox[r].notifyAt
       :: else ->
#endif
          LOCK;
          settle(r);
          UNLOCK
       fi;
       time = 0;
       inHand = number;
       last = number;
#ifdef STOPS /* the reader never comes back from the handler of the last one: what is due must have been told by then */
       if
       :: number == TOTAL -> end_stopped: false
       :: else
       fi;
#endif
       inbox[r].handled[number] = true
    :: else ->
       if
       :: inHand != 0 ->
          inHand = 0;
          inbox[r].inHand = 0;
          readTime(r, time);
          if
          :: time >= inbox[r].notifyAt && inbox[r].notifyAt != NONE -> LOCK; settle(r); UNLOCK
          :: else
          fi;
          time = 0; bound = 0
       :: else
       fi;
       LOCK;
       do
       :: inbox[r].tail > inbox[r].head -> break
       :: inbox[r].tail == inbox[r].head && inbox[r].atEnd -> UNLOCK; goto over
       :: else -> inbox[r].readerWaits = true; AWAIT(inbox[r].arrived); inbox[r].readerWaits = false
       od;
       UNLOCK
    od;
over:
    assert(inbox[r].appended == inbox[r].head)
}

inline check(r, upTo) {
    d_step {
        seen = 1;
        do
        :: seen <= upTo -> assert(!inbox[r].addressed[seen] || inbox[r].handled[seen]); seen++
        :: else -> break
        od;
        seen = 0
    }
}

proctype waiter(byte r; byte number) {
    byte time, bound, pump, seen, word, end;
    LOCK;
    readTime(r, time);
    if
    :: time >= number
    :: else ->
       inbox[r].waited = number;
       settle(r);
       do
       :: inbox[r].settled -> break
       :: else -> atomic { UNLOCK; inbox[r].settled }; LOCK
       od
    fi;
    UNLOCK;
    check(r, number)
}

proctype observer(byte r) {
    byte time, bound, seen, last, looks, word, end;
    do
    :: looks < 2 -> readTime(r, time); assert(time >= last); check(r, time); last = time; looks++
    :: else -> break
    od
}

init {
    atomic {
        inbox[0].notifyAt = NONE; inbox[0].waited = NONE; inbox[0].watch = NONE;
        inbox[1].notifyAt = NONE; inbox[1].waited = NONE; inbox[1].watch = NONE;
#ifdef TWO_GROUPS
        run group(0);
#else
        run direct(0);
#endif
        run group(1);
        run reader(0);
        run reader(1);
#ifdef WAITER
        run waiter(WAITER, TOTAL - 1);
#endif
#ifdef OBSERVER
        run observer(OBSERVER);
#endif
    }
}
