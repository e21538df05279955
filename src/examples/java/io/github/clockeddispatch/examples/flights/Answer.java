package io.github.clockeddispatch.examples.flights;

import java.util.List;

/**
 * What a passenger was told about a flight that had left.
 *
 * @param staleAtOnce whether the view did not show it when asked at once
 * @param staleWithClock whether it did not show it when asked after the view's clock had reached the flight's number
 */
record Answer(boolean staleAtOnce, boolean staleWithClock) {

    static long countStaleAtOnce(List<Answer> answers) {
        return answers.stream().filter(Answer::staleAtOnce).count();
    }

    static long countStaleWithClock(List<Answer> answers) {
        return answers.stream().filter(Answer::staleWithClock).count();
    }
}
