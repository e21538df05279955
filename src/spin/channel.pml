/*
 * The way of a message through a sender's channel (docs/design.md), for spin: callers that send, dispatch and withdraw; the
 * pump; a caller that finds the channel empty and takes the pump's step; slots in the channel and in the inbox, the close.
 * A channel and an inbox of one slot each. The channel's lock is a spin lock, and a lock: a sender that need not
 * wait acquires the spin lock alone.
 *
 * Each statement is a step that any other process may come before. Senders put under the channel's lock alone, the pump takes
 * under the core's lock alone, the reader takes without a lock.
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
byte acquired;      /* the spin lock: to hold the channel's lock is to have both */
byte coreLock;

/* the channel */
byte slots[CALLERS + 1];
byte head;    /* raised under the core's lock */
byte tail;    /* raised under the channel's lock, lowered under both */
bool closed;
bool idle;    /* the pump waits for an entry */
bool notEmpty;
byte waiting; /* callers that wait for a slot, or are about to look once more before they do */
byte parked;  /* those that wait */
byte signals; /* those of them that have been signalled */
mtype pending[CALLERS];
byte left = CALLERS;

/* the inbox */
byte appended;
byte published;
byte taken;
bool notifyAt;
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
#define LOCK_CHANNEL LOCK(channelLock); atomic { acquired == 0 -> acquired = _pid + 1 }
#define UNLOCK_CHANNEL acquired = 0; channelLock = 0
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
       notifyAt = WANTED;
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

/* under the core's lock: numbers, appends and publishes what there is room for */
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
          forget();
          atomic { pending[slots[head]] = NUMBERED; head++ };
          moved = 1
       :: else
       fi
    :: else
    fi
}

inline signalSlot() {
    atomic {
        if
        :: parked > signals -> signals++
        :: else
        fi
    }
}

inline placesFreed() {
    if
    :: moved > 0 && waiting > 0 -> LOCK(channelLock); signalSlot(); UNLOCK(channelLock) /* the lock alone, to signal */
    :: else
    fi
}

inline wakePump() {
    if
    :: idle -> idle = false; notEmpty = true
    :: else
    fi
}

/* waits for a slot, with neither lock */
#define PARK acquired = 0; \
    atomic { parked++; channelLock = 0 }; \
    atomic { signals > 0 -> signals--; parked-- }; \
    LOCK_CHANNEL

inline awaitSlot() {
    if
    :: tail - head >= CAPACITY ->
       waiting++;
#ifdef BUG_NO_SECOND_LOOK_FOR_A_PLACE
       PARK;
#endif
       do
       :: tail - head < CAPACITY -> break
       :: else -> PARK
       od;
       waiting--
    :: else
    fi
}

inline put() {
    atomic { slots[tail] = id; pending[id] = WAITING; tail++ }
}

/* under the spin lock, and with the lock where the pump is to be woken */
inline sendQuickly() {
    quick = false;
    if
    :: atomic { acquired == 0 -> acquired = _pid + 1 };
       if
       :: !idle && tail - head < CAPACITY -> put(); quick = true
#ifdef BUG_IDLE_PUMP_IS_NOT_SEEN
       :: idle && tail - head < CAPACITY -> put(); quick = true
#endif
       :: else
       fi;
       acquired = 0
    :: acquired != 0
    fi
}

proctype caller(byte id) {
    byte moved;
    bool quick;
    if
    :: SENDS ->
       expected++;
       sendQuickly();
       if
       :: !quick -> LOCK_CHANNEL; awaitSlot(); put(); wakePump(); UNLOCK_CHANNEL
       :: else
       fi
    :: else ->
       LOCK_CHANNEL;
       moved = 0;
       if
       :: tail == head ->
#ifdef BUG_STEP_OF_A_CALLER_IS_SEEN
          put();
#endif
          LOCK(coreLock);
#ifdef BUG_STEP_OF_A_CALLER_IS_SEEN /* the pump may have found it in the channel, and wait for room */
          step(false);
#else
          put();
          step(false);
          if
          :: moved == 0 -> tail--; pending[id] = 0
          :: else
          fi;
#endif
          UNLOCK(coreLock)
       :: else
       fi;
       UNLOCK_CHANNEL;
#ifndef BUG_STEP_OF_A_CALLER_IS_SEEN
       if
       :: pending[id] == 0 -> /* it waits for its turn */
          LOCK_CHANNEL;
          awaitSlot();
          put();
#ifndef BUG_PUMP_IS_NOT_WOKEN
          wakePump();
#endif
          UNLOCK_CHANNEL
       :: else
       fi;
#else
       LOCK_CHANNEL;
       if
       :: tail > head -> wakePump()
       :: else
       fi;
       UNLOCK_CHANNEL;
#endif
       expected++;
       if
       :: pending[id] != WAITING
       :: WITHDRAWS ->
          LOCK_CHANNEL;
          LOCK(coreLock);
          if
          :: pending[id] == WAITING -> /* with one slot, it is the head */
             assert(tail == head + 1);
             tail--;
             expected--;
             pending[id] = WITHDRAWN;
             signalSlot();
#ifndef BUG_WITHDRAWN_WITHOUT_A_WORD
             if
             :: queued -> room = true
             :: else
             fi;
#endif
             forget()
          :: else
          fi;
          UNLOCK(coreLock);
          UNLOCK_CHANNEL
       fi
    fi;
    left--
}

proctype closer() {
    left == 0;
    LOCK_CHANNEL;
    closed = true;
    wakePump();
    UNLOCK_CHANNEL
}

proctype pump() {
    byte moved;
    do
    :: if
       :: tail > head
       :: tail == head ->
          LOCK_CHANNEL;
          do
          :: tail > head -> break
          :: tail == head && closed -> UNLOCK_CHANNEL; goto end
          :: else ->
             idle = true;
             acquired = 0;
             AWAIT(notEmpty, channelLock);
             atomic { acquired == 0 -> acquired = _pid + 1 }
          od;
          idle = false;
          UNLOCK_CHANNEL
       fi;
       LOCK(coreLock);
       moved = 0;
       do
       :: moved > 0 || tail == head -> break
       :: else ->
          step(true);
          if
          :: moved == 0 && tail > head -> AWAIT(room, coreLock)
          :: else
          fi
       od;
       if
       :: moved == 0 -> forget()
       :: else
       fi;
       UNLOCK(coreLock);
       placesFreed()
    od;
end:
    LOCK(coreLock);
    atEnd = true;
    arrived = true;
    UNLOCK(coreLock)
}

proctype reader() {
    do
    :: published > taken ->
       taken++;
       delivered++;
       if
       :: notifyAt -> LOCK(coreLock); settle(); UNLOCK(coreLock)
       :: else
       fi
    :: else ->
       LOCK(coreLock);
       do
       :: published > taken -> break
       :: published == taken && atEnd -> UNLOCK(coreLock); goto end
       :: else -> readerWaits = true; AWAIT(arrived, coreLock); readerWaits = false
       od;
       UNLOCK(coreLock)
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
