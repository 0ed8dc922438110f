/**
 * Reports, the moderators' queue, decisions, appeals, bans. Begin with {@code Moderation}; {@code ModerationAction}
 * holds all transitions.
 *
 * <p>Every decision has a reason, an entry in the audit log, and a notice to everyone it concerns.
 */
package io.lorahub.moderation;
