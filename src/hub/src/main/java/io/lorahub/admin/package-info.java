/**
 * Pages and endpoints for administrators and monitoring: storage, settings, health. Begin with {@code AdminPage};
 * {@code OperatorEndpoints} guards {@code /q/health} and {@code /q/metrics}.
 *
 * <p>Secrets are never shown. {@code StatusPage} is open to everyone and gives no names, addresses or reasons.
 */
package io.lorahub.admin;
