package io.blockdb.bench;

import java.util.List;
import java.util.Locale;

/** A drawing being made. It has a ground of its own, so that it can be read on any page, and follows the reader's dark mode. */
final class Svg {
    private static final String STYLE = """
            <style>
            .ground { fill: #ffffff; stroke: #d0d7de }
            .grid { stroke: #d8dee4 } .axis { stroke: #57606a } .mark { stroke: #24292f; stroke-width: 2 }
            text { font: 12px system-ui, sans-serif; fill: #24292f } .dim { fill: #57606a } .title { font-size: 14px; font-weight: 600 }
            @media (prefers-color-scheme: dark) {
            .ground { fill: #0d1117; stroke: #30363d }
            .grid { stroke: #30363d } .axis { stroke: #8b949e } .mark { stroke: #e6edf3 }
            text { fill: #e6edf3 } .dim { fill: #9da7b3 }
            }
            </style>
            """;

    /** Where a text stands, seen from the point that is given. */
    enum Anchor {
        /** Right of it. */
        START,
        /** Around it. */
        MIDDLE,
        /** Left of it. */
        END
    }

    private final StringBuilder text = new StringBuilder();

    Svg(double width, double height, String description) {
        text.append(format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\" width=\"%s\" role=\"img\">%n",
                number(width), number(height), number(width)));
        text.append("<title>").append(escaped(description)).append("</title>\n").append(STYLE);
        text.append(format(
                "<rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"%s\" height=\"%s\" rx=\"6\"/>%n",
                number(width - 1), number(height - 1)));
    }

    void text(double x, double y, Anchor anchor, String styleClass, String words) {
        text.append(format(
                "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" class=\"%s\">%s</text>%n",
                number(x), number(y), anchor.name().toLowerCase(Locale.ROOT), styleClass, escaped(words)));
    }

    void line(double x1, double y1, double x2, double y2, String styleClass) {
        text.append(format(
                "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" class=\"%s\"/>%n",
                number(x1), number(y1), number(x2), number(y2), styleClass));
    }

    /** A rectangle between two points, whichever is the left one. */
    void bar(double x1, double x2, double y, double height, String colour) {
        text.append(format(
                "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\"/>%n",
                number(Math.min(x1, x2)), number(y), number(Math.abs(x2 - x1)), number(height), colour));
    }

    void dot(double x, double y, String colour) {
        text.append(format(
                "<circle cx=\"%s\" cy=\"%s\" r=\"4\" fill=\"%s\" stroke=\"#ffffff\" stroke-opacity=\"0.6\"/>%n",
                number(x), number(y), colour));
    }

    void curve(List<double[]> points, String colour) {
        StringBuilder places = new StringBuilder();
        for (double[] point : points) {
            places.append(number(point[0])).append(',').append(number(point[1])).append(' ');
        }
        text.append(format(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"/>%n",
                places.toString().strip(), colour));
    }

    private static String escaped(String words) {
        return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private static String number(double value) {
        return format("%.1f", value).replaceFirst("\\.0$", "");
    }

    private static String format(String pattern, Object... arguments) {
        return String.format(Locale.ROOT, pattern, arguments);
    }

    @Override
    public String toString() {
        return text + "</svg>\n";
    }
}
