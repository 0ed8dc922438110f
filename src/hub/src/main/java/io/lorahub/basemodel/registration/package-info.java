/**
 * Registrations of base models: uploads that become a base model in place of an adapter. Begin with {@code
 * BaseModelRegistrations}; files come from a form or in parts ({@code BaseModelRegistrationResource}), from a folder of a
 * machine ({@code FolderCopy}), or from another hub ({@code imports.model}).
 *
 * <p>A model is registered only after a process of its own has read it and run it once, see {@code uploadcheck}. Nothing
 * here reads its files beyond their names and sizes.
 */
package io.lorahub.basemodel.registration;
