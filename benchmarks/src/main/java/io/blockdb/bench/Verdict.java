package io.blockdb.bench;

/** How a goal is met. */
enum Verdict {
    /** What the measured limits allow is reached. */
    MET("met"),
    /** What a user may expect is reached. */
    MUST_ONLY("must only"),
    /** Neither. */
    MISSED("**missed**"),
    /** There is no measurement. */
    NOT_MEASURED("not measured");

    private final String text;

    Verdict(String text) {
        this.text = text;
    }

    /** What a value comes to. */
    static Verdict of(double value, double must, double goal, boolean lowerIsBetter) {
        double sign = lowerIsBetter ? -1 : 1;
        if (Double.isNaN(value)) {
            return NOT_MEASURED;
        }
        if (sign * value >= sign * goal) {
            return MET;
        }
        return sign * value >= sign * must ? MUST_ONLY : MISSED;
    }

    /** As the report has it. */
    @Override
    public String toString() {
        return text;
    }
}
