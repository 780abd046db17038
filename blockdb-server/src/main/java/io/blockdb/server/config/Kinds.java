package io.blockdb.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tomlj.TomlArray;

/** The kinds of values that settings have. */
final class Kinds {
    private Kinds() {}

    /** {@code true} or {@code false}. */
    static Kind<Boolean> yesOrNo() {
        return new Kind<>(
                "true or false",
                value -> value instanceof Boolean b ? Optional.of(b) : Optional.empty(),
                text -> switch (text.toLowerCase(Locale.ROOT)) {
                    case "true" -> Optional.of(true);
                    case "false" -> Optional.of(false);
                    default -> Optional.empty();
                },
                String::valueOf);
    }

    /** A whole number from {@code min} to {@code max}. */
    static Kind<Integer> whole(int min, int max) {
        return number("a whole number from " + min + " to " + max, min, max);
    }

    /** A number of a TCP port; 0 lets the system choose. */
    static Kind<Integer> port() {
        return number("a port from 0 to 65535", 0, 65_535);
    }

    private static Kind<Integer> number(String expected, int min, int max) {
        Function<Long, Optional<Integer>> within =
                number -> number >= min && number <= max ? Optional.of(number.intValue()) : Optional.empty();
        return new Kind<>(
                expected,
                value -> value instanceof Long number ? within.apply(number) : Optional.empty(),
                text -> digits(text).flatMap(within),
                String::valueOf);
    }

    /**
     * A size in bytes from {@code min} to {@code max}: a number, or text such as {@code "64MB"}.
     *
     * @param bare whether it is printed as a number
     */
    static Kind<Long> size(long min, long max, boolean bare) {
        Function<Long, Optional<Long>> within =
                bytes -> bytes >= min && bytes <= max ? Optional.of(bytes) : Optional.empty();
        Function<String, Optional<Long>> text =
                written -> Quantities.bytes(written).flatMap(within);
        String example = bare ? "a size from " : "a size such as \"64MB\", from ";
        return new Kind<>(
                example + Quantities.bytesText(min) + " to " + Quantities.bytesText(max),
                value -> value instanceof Long bytes
                        ? within.apply(bytes)
                        : value instanceof String string ? text.apply(string) : Optional.empty(),
                text,
                bytes -> bare ? String.valueOf(bytes) : quoted(Quantities.bytesText(bytes)));
    }

    /**
     * A time from {@code min} to {@code max}: text such as {@code "30s"} or {@code "500ms"}.
     *
     * @param bare the unit of a number without one, which then is also how it is printed; null: a unit must be written
     */
    static Kind<Duration> time(Duration min, Duration max, @Nullable Duration bare) {
        Function<Duration, Optional<Duration>> within =
                time -> time.compareTo(min) >= 0 && time.compareTo(max) <= 0 ? Optional.of(time) : Optional.empty();
        Function<String, Optional<Duration>> text =
                written -> Quantities.time(written, bare).flatMap(within);
        String unit = bare == null ? "" : " (a number alone is " + Quantities.unitName(bare) + ")";
        return new Kind<>(
                (bare == null ? "a time such as \"30s\", from " : "a time from ") + Quantities.timeText(min) + " to "
                        + Quantities.timeText(max) + unit,
                value -> value instanceof String || (value instanceof Long && bare != null)
                        ? text.apply(value.toString())
                        : Optional.empty(),
                text,
                time -> bare != null && time.toNanos() % bare.toNanos() == 0
                        ? String.valueOf(time.toNanos() / bare.toNanos())
                        : quoted(Quantities.timeText(time)));
    }

    /** One of the words that the constants are written as. */
    static <E extends Enum<E>> Kind<E> word(Class<E> type) {
        List<String> words = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.toString())
                .toList();
        Function<String, Optional<E>> text = written -> Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.toString().equals(written))
                .findFirst();
        return new Kind<>(
                words.size() == 2
                        ? "\"" + String.join("\" or \"", words) + "\""
                        : "one of \"" + String.join("\", \"", words) + "\"",
                value -> value instanceof String string ? text.apply(string) : Optional.empty(),
                text,
                word -> quoted(word.toString()));
    }

    /** A text that the function makes a value of. */
    static <T> Kind<T> text(String expected, Function<String, Optional<T>> parse, Function<T, String> written) {
        return new Kind<>(
                expected,
                value -> value instanceof String string ? parse.apply(string) : Optional.empty(),
                parse,
                value -> quoted(written.apply(value)));
    }

    /** A text that passes the test. */
    static Kind<String> text(String expected, Predicate<String> test) {
        return text(expected, written -> test.test(written) ? Optional.of(written) : Optional.empty(), text -> text);
    }

    /** The name of a file or directory, which need not be there. */
    static Kind<Path> file() {
        return text("the name of a file or directory", written -> path(written), Path::toString);
    }

    /** As {@link #file}, or {@code ""} for none. The outer option says whether it was understood, the inner one is the value. */
    @SuppressWarnings("OptionalMapToOptional")
    static Kind<Optional<Path>> fileOrNone() {
        return text(
                "the name of a file or directory, or \"\"",
                written -> {
                    Optional<Path> file = path(written);
                    // The outer says whether it is a value at all.
                    return file.isPresent() || written.isEmpty() ? Optional.of(file) : Optional.empty();
                },
                file -> file.map(Path::toString).orElse(""));
    }

    private static Optional<Path> path(String written) {
        try {
            return written.isBlank() ? Optional.empty() : Optional.of(Path.of(written));
        } catch (InvalidPathException e) {
            return Optional.empty(); // the complaint says what was expected, and what stands there
        }
    }

    /** A list: in TOML an array, as text separated by commas. */
    static <T> Kind<List<T>> list(String expected, Function<String, Optional<T>> parse, Function<T, String> written) {
        Function<String, Optional<List<T>>> text = line ->
                all(Arrays.stream(line.split(",", -1)).map(String::strip).toList(), line.isBlank(), parse);
        return new Kind<>(
                expected,
                value -> {
                    if (value instanceof String string) {
                        return text.apply(string);
                    }
                    if (value instanceof TomlArray array
                            && array.toList().stream().allMatch(String.class::isInstance)) {
                        return all(
                                array.toList().stream().map(String.class::cast).toList(), array.isEmpty(), parse);
                    }
                    return Optional.empty();
                },
                text,
                values -> values.stream()
                        .map(value -> quoted(written.apply(value)))
                        .collect(java.util.stream.Collectors.joining(", ", "[", "]")));
    }

    private static <T> Optional<List<T>> all(List<String> words, boolean none, Function<String, Optional<T>> parse) {
        List<T> values = new ArrayList<>();
        for (String word : none ? List.<String>of() : words) {
            Optional<T> value = parse.apply(word);
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(List.copyOf(values));
    }

    private static Optional<Long> digits(String text) {
        String digits = text.startsWith("-") ? text.substring(1) : text;
        boolean number =
                !digits.isEmpty() && digits.length() <= 18 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
        return number ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }

    /** The text as a basic string of TOML. */
    static String quoted(String text) {
        return "\"" + org.tomlj.Toml.tomlEscape(text) + "\"";
    }
}
