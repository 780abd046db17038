package io.blockdb.server;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. The JDK has had one way to hear them since 1.2, {@code sun.misc.Signal}, which it supports
 * but warns of at compile time, and that warning cannot be switched off alone: so it is called by reflection.
 */
final class Signals {
    private Signals() {}

    /**
     * Runs something, in a thread of its own, each time the signal comes.
     *
     * @param name such as {@code TERM}
     * @return whether that works here: not every system has every signal
     */
    static boolean on(String name, Runnable then) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (method.getName().equals("handle")) {
                            then.run();
                            return null;
                        }
                        return method.getName().equals("equals")
                                ? (Object) (self == arguments[0])
                                : method.getName().equals("hashCode") ? (Object) 0 : "handler of " + name;
                    });
            Method handle = signal.getMethod("handle", signal, handler);
            handle.invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
            return true;
        } catch (ReflectiveOperationException e) {
            return false; // unknown to this system, or taken by the JVM itself (-Xrs)
        }
    }
}
