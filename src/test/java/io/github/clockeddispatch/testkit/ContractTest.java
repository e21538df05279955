package io.github.clockeddispatch.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test of the contract. It takes a {@link Setup} and is run for each combination of what is named here; where nothing
 * is, in twelve. In a merge there are no pumps.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(ContractMatrix.class)
@Timeout(30)
public @interface ContractTest {
    /** What {@link Setup#openAny} opens. What holds for both kinds of dispatchers is run over both. */
    Over[] over() default Over.DISPATCHER;

    /** Capacities of channels and inboxes. */
    int[] capacities() default {1, 2, 1024};

    /** Kinds of the threads that read and send. */
    Kind[] threads() default {Kind.VIRTUAL, Kind.PLATFORM};

    /** Where the pumps run. */
    Pumps[] pumps() default {Pumps.OWN, Pumps.GIVEN};
}
