package io.lorahub.web;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

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
                .map(violation -> new Cause(field(violation), sentence(violation.getMessage())))
                .sorted(Comparator.comparing(Cause::field).thenComparing(Cause::message))
                .toList()));
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
