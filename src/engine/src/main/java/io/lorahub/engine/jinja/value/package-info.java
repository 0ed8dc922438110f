/**
 * The values of a template, which behave like Python's: {@code PythonValues} for truth, equality and items, {@code
 * PythonText} and {@code PythonJson} for writing them, {@code JinjaFilters} and {@code JinjaTests}.
 *
 * <p>Anything that creates or reads many characters or elements is charged to {@code RenderBudget} first. Methods that
 * published templates do not use are left out, and fail by name.
 */
package io.lorahub.engine.jinja.value;
