package io.lorahub.web.problem;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import io.lorahub.web.FieldError;
import io.lorahub.web.ProblemException;

/** Turns the findings of Bean Validation into causes, named as the sender named the fields. */
final class Violations {

    private Violations() {}

    /** @return empty if it is not the request that is wrong but our answer to it, which is a fault of ours */
    static Optional<ProblemException> problem(ConstraintViolationException failure) {
        boolean ours = failure.getConstraintViolations().stream()
                .anyMatch(
                        violation -> nodes(violation).stream().anyMatch(n -> n.getKind() == ElementKind.RETURN_VALUE));
        if (ours) return Optional.empty();
        return Optional.of(ProblemException.invalid(failure.getConstraintViolations().stream()
                .map(Violations::cause)
                .sorted(Comparator.comparing(FieldError::field).thenComparing(FieldError::message))
                .toList()));
    }

    /** The name of a body's parameter is ours; the sender knows none. */
    private static FieldError cause(ConstraintViolation<?> violation) {
        return isMissingBody(violation)
                ? new FieldError("The body is missing; send a JSON object.")
                : new FieldError(field(violation), sentence(violation.getMessage()));
    }

    private static boolean isMissingBody(ConstraintViolation<?> violation) {
        List<Path.Node> nodes = nodes(violation);
        if (violation.getInvalidValue() != null || nodes.size() != 2) return false;
        if (nodes.get(0).getKind() != ElementKind.METHOD || nodes.get(1).getKind() != ElementKind.PARAMETER)
            return false;
        int index = nodes.get(1).as(Path.ParameterNode.class).getParameterIndex();
        return nodes.get(0)
                .as(Path.MethodNode.class)
                .getParameterTypes()
                .get(index)
                .isRecord();
    }

    /** {@code create.card.title} of a method's parameter becomes {@code title}, {@code list.limit} becomes {@code limit}. */
    private static String field(ConstraintViolation<?> violation) {
        List<Path.Node> nodes = nodes(violation);
        List<Path.Node> properties = nodes.stream()
                .filter(node ->
                        node.getKind() == ElementKind.PROPERTY || node.getKind() == ElementKind.CONTAINER_ELEMENT)
                .toList();
        if (properties.isEmpty())
            return nodes.isEmpty() ? "" : nodes.get(nodes.size() - 1).getName();
        StringBuilder name = new StringBuilder();
        for (Path.Node node : properties) {
            if (node.getIndex() != null)
                name.append('[').append(node.getIndex()).append(']');
            if (node.getKind() == ElementKind.PROPERTY) {
                if (name.length() > 0) name.append('.');
                name.append(node.getName());
            }
        }
        return name.toString();
    }

    private static List<Path.Node> nodes(ConstraintViolation<?> violation) {
        return StreamSupport.stream(violation.getPropertyPath().spliterator(), false)
                .toList();
    }

    /** The standard messages are half sentences: "must not be blank". */
    private static String sentence(String message) {
        if (message.isEmpty() || Character.isUpperCase(message.charAt(0))) return message;
        return "This " + message + ".";
    }
}
