package io.lorahub.engine.optimize;

/** Arithmetic of vectors and of small row-major matrices. */
public final class Vectors {

    private Vectors() {}

    public static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
        return sum;
    }

    public static double[] minus(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int i = 0; i < a.length; i++) difference[i] = a[i] - b[i];
        return difference;
    }

    /** a += factor · b */
    public static void add(double[] a, double factor, double[] b) {
        for (int i = 0; i < a.length; i++) a[i] += factor * b[i];
    }

    public static void scale(double[] a, double factor) {
        for (int i = 0; i < a.length; i++) a[i] *= factor;
    }

    /** The product of each row with a vector. */
    public static double[] times(double[][] rows, double[] vector) {
        double[] product = new double[rows.length];
        for (int i = 0; i < rows.length; i++) product[i] = dot(rows[i], vector);
        return product;
    }

    /** The sum of the rows, each times its factor. */
    public static double[] combine(double[] factors, double[][] rows, int width) {
        double[] sum = new double[width];
        for (int i = 0; i < rows.length; i++) add(sum, factors[i], rows[i]);
        return sum;
    }
}
