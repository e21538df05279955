/*
 * The way of a message through a sender's channel (docs/design.md), for spin: callers that send, dispatch and withdraw; the
 * pump; a caller that finds the channel empty and takes the pump's step; places in the channel, room in the inbox, the close.
 * A channel and an inbox of one place each.
 *
 * Each statement is a step that any other process may come before. Senders put under the channel's lock alone, the pump takes
 * under the hub's lock alone, the reader takes without a lock.
 *
 * Checked: no process stands for ever (an invalid end state: a lost wake-up, a deadlock); what has been accepted and not
 * withdrawn is delivered.
 *
 * -DBUG_... plants a mistake, which must be found: see run.
 */
#define CALLERS 3
#define SENDS (id == 0)     /* the others dispatch */
#define WITHDRAWS (id == 1) /* if it has no number yet: its time is over */
#define CAPACITY 1

mtype = { WAITING, NUMBERED, WITHDRAWN };

byte channelLock; /* 0: free */
byte hubLock;

/* the channel */
byte slots[CALLERS + 1];
byte head;    /* raised under the hub's lock */
byte tail;    /* raised under the channel's lock, lowered under both */
bool closed;
bool idle;    /* the pump waits for an entry */
bool notEmpty;
byte waiting; /* callers that wait for a place, or are about to look once more before they do */
byte parked;  /* those that wait */
byte signals; /* those of them that have been signalled */
mtype ticket[CALLERS];
byte left = CALLERS;

/* the inbox */
byte appended;
byte published;
byte taken;
bool alarm;
bool readerWaits;
bool arrived;
bool atEnd;
bool queued; /* the pump stands in the queue for room */
bool granted;
bool room;   /* the pump is signalled that there is room */
byte delivered;
byte expected;

#define LOCK(lock) atomic { lock == 0 -> lock = _pid + 1 }
#define UNLOCK(lock) lock = 0
/* waits for a signal under the lock, as a condition with one waiter does */
#define AWAIT(flag, lock) atomic { flag = false; lock = 0 } ; flag ; LOCK(lock)
#define FREE (CAPACITY - (appended - taken) - (granted -> 1 : 0))
#define PLACES (!queued -> FREE : (granted -> 1 : FREE))
#define WANTED (queued && !granted)

inline settle() {
    do
    :: atomic {
           if
           :: WANTED && FREE > 0 -> granted = true; room = true
           :: else
           fi
       };
       alarm = WANTED;
       if
       :: WANTED && FREE > 0
       :: else -> break
       fi
    od
}

inline forget() {
    if
    :: queued -> queued = false; granted = false; settle()
    :: else
    fi
}

/* under the hub's lock: numbers, appends and publishes what there is room for */
inline step(mayWait) {
    moved = 0;
    if
    :: tail > head ->
       if
       :: PLACES <= 0 && mayWait && !queued -> queued = true; settle()
       :: else
       fi;
       if
       :: PLACES > 0 ->
          appended++;
          atomic {
              published = appended;
              if
              :: readerWaits -> arrived = true
              :: else
              fi
          };
#ifndef BUG_TAKEN_WITHOUT_A_WORD
          if
          :: queued -> room = true
          :: else
          fi;
#endif
          forget();
          atomic { ticket[slots[head]] = NUMBERED; head++ };
          moved = 1
       :: else
       fi
    :: else
    fi
}

inline signalPlace() {
    atomic {
        if
        :: parked > signals -> signals++
        :: else
        fi
    }
}

inline placesFreed() {
    if
    :: moved > 0 && waiting > 0 -> LOCK(channelLock); signalPlace(); UNLOCK(channelLock)
    :: else
    fi
}

inline wakePump() {
    if
    :: idle -> idle = false; notEmpty = true
    :: else
    fi
}

inline awaitPlace() {
    if
    :: tail - head >= CAPACITY ->
       waiting++;
#ifdef BUG_NO_SECOND_LOOK_FOR_A_PLACE
       atomic { parked++; channelLock = 0 };
       atomic { signals > 0 -> signals--; parked-- };
       LOCK(channelLock);
#endif
       do
       :: tail - head < CAPACITY -> break
       :: else ->
          atomic { parked++; channelLock = 0 };
          atomic { signals > 0 -> signals--; parked-- };
          LOCK(channelLock)
       od;
       waiting--
    :: else
    fi
}

inline put() {
    atomic { slots[tail] = id; ticket[id] = WAITING; tail++ }
}

proctype caller(byte id) {
    byte moved;
    bool alone;
    LOCK(channelLock);
    awaitPlace();
    if
    :: SENDS ->
       put();
       expected++;
       wakePump();
       UNLOCK(channelLock)
    :: else ->
       alone = (tail == head);
       put();
       expected++;
       if
       :: alone ->
          LOCK(hubLock);
          step(false);
          UNLOCK(hubLock);
#ifndef BUG_PLACE_OF_A_CALLER_IS_NOT_TOLD
          if
          :: moved > 0 && waiting > 0 -> signalPlace()
          :: else
          fi
#endif
       :: else
       fi;
#ifndef BUG_PUMP_IS_NOT_WOKEN
       if
       :: tail > head -> wakePump()
       :: else
       fi;
#endif
       UNLOCK(channelLock);
       if
       :: ticket[id] != WAITING
       :: WITHDRAWS ->
          LOCK(channelLock);
          LOCK(hubLock);
          if
          :: ticket[id] == WAITING -> /* with one place, it is the head */
             assert(tail == head + 1);
             tail--;
             expected--;
             ticket[id] = WITHDRAWN;
             signalPlace();
#ifndef BUG_WITHDRAWN_WITHOUT_A_WORD
             if
             :: queued -> room = true
             :: else
             fi;
#endif
             forget()
          :: else
          fi;
          UNLOCK(hubLock);
          UNLOCK(channelLock)
       fi
    fi;
    left--
}

proctype closer() {
    left == 0;
    LOCK(channelLock);
    closed = true;
    wakePump();
    UNLOCK(channelLock)
}

proctype pump() {
    byte moved;
    do
    :: LOCK(channelLock);
       do
       :: tail > head -> break
       :: tail == head && closed -> UNLOCK(channelLock); goto end
       :: else -> idle = true; AWAIT(notEmpty, channelLock)
       od;
       idle = false;
       UNLOCK(channelLock);
       LOCK(hubLock);
       moved = 0;
       do
       :: moved > 0 || tail == head -> break
       :: else ->
          step(true);
          if
          :: moved == 0 && tail > head -> AWAIT(room, hubLock)
          :: else
          fi
       od;
       if
       :: moved == 0 -> forget()
       :: else
       fi;
       UNLOCK(hubLock);
       placesFreed()
    od;
end:
    LOCK(hubLock);
    atEnd = true;
    arrived = true;
    UNLOCK(hubLock)
}

proctype reader() {
    do
    :: published > taken ->
       taken++;
       delivered++;
       if
       :: alarm -> LOCK(hubLock); settle(); UNLOCK(hubLock)
       :: else
       fi
    :: else ->
       LOCK(hubLock);
       do
       :: published > taken -> break
       :: published == taken && atEnd -> UNLOCK(hubLock); goto end
       :: else -> readerWaits = true; AWAIT(arrived, hubLock); readerWaits = false
       od;
       UNLOCK(hubLock)
    od;
end:
    assert(delivered == expected && head == tail && !queued)
}

init {
    byte i;
    atomic {
        do
        :: i < CALLERS -> run caller(i); i++
        :: else -> break
        od;
        run closer();
        run pump();
        run reader()
    }
}
