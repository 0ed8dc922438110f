/**
 * The pages of base models: {@code BaseModelsPage} for everybody, {@code BaseModelAdminPage} for administrators. This
 * package is above {@code browse}, because the pages list the adapters of a model.
 */
package io.lorahub.basemodel.page;
