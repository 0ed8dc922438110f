/**
 * The checks of an upload: queued when its files are complete, run by {@code uploadcheck}, ended with findings. Begin with
 * {@code UploadChecks}; {@code CheckList} shows the findings, {@code UploadRepair} fixes what needs no other files.
 *
 * <p>The checks are queued in the transaction that completes the files. Results for files that have changed
 * meanwhile are discarded. A mix is completed through {@code MixCompletion} in the transaction that ends its checks.
 */
package io.lorahub.upload.check;
