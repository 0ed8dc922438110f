/**
 * The pages of base models: {@code BaseModelsPage} for everybody, {@code BaseModelAdminPage} for administrators. They lie
 * above {@code browse}, because they list the adapters of a model.
 */
package io.lorahub.basemodel.page;
