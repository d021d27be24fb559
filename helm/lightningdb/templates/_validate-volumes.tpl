{{/* Not empty where `directory` is on a volume that the values mount, beside that of the database. */}}
{{- define "lightningdb.mounted" -}}
{{- $paths := list }}
{{- if include "lightningdb.backupsClaim" .root }}{{ $paths = append $paths (include "lightningdb.backupsPath" .root) }}{{ end }}
{{- if .root.Values.scratch.enabled }}{{ $paths = append $paths (include "lightningdb.scratchPath" .root) }}{{ end }}
{{- range .root.Values.extraVolumeMounts }}{{ $paths = append $paths .mountPath }}{{ end }}
{{- $directory := printf "%s/" (clean .directory) }}
{{- range $paths }}{{ if hasPrefix (printf "%s/" (clean .)) $directory }}yes{{ end }}{{ end }}
{{- end }}

{{/* Volumes, mounts, and the directories of settings that need one: the rest of the pod's file system is read-only. */}}
{{- define "lightningdb.validateVolumes" -}}
{{- $own := list "data" "config" "tmp" "backups" "scratch" "tls" }}
{{- include "lightningdb.validateOnce" (dict "value" "extraVolumes" "items" .Values.extraVolumes "taken" $own) }}
{{- $names := list }}
{{- range .Values.extraVolumes }}{{ $names = append $names .name }}{{ end }}
{{- $paths := list (include "lightningdb.volumePath" .) (include "lightningdb.configPath" .) (include "lightningdb.tlsPath" .) (include "lightningdb.backupsPath" .) (include "lightningdb.scratchPath" .) "/tmp" }}
{{- range .Values.extraVolumeMounts }}
{{- if not (has .name $names) }}
{{- fail (printf "extraVolumeMounts mounts %s at %s, and extraVolumes has no volume of that name" .name .mountPath) }}
{{- end }}
{{- if has (clean .mountPath) $paths }}
{{- fail (printf "extraVolumeMounts mounts %s at %s, where another volume is" .name .mountPath) }}
{{- end }}
{{- $paths = append $paths (clean .mountPath) }}
{{- end }}
{{- if and .Values.backups.claim.create .Values.backups.existingClaim }}
{{- fail "backups.claim.create is true and backups.existingClaim names a claim: choose one of them" }}
{{- end }}
{{- $backups := dig "backup" "directory" "" .Values.config }}
{{- if and $backups (not (hasPrefix "s3://" $backups)) (not (include "lightningdb.mounted" (dict "root" . "directory" $backups))) }}
{{- fail (printf "config.backup.directory is %s, where no volume is mounted: set backups.existingClaim or backups.claim.create and a directory in %s, or mount a volume there by extraVolumeMounts" $backups (include "lightningdb.backupsPath" .)) }}
{{- end }}
{{- $scratch := dig "backup" "scratch-directory" "" .Values.config }}
{{- if and $scratch (not (include "lightningdb.mounted" (dict "root" . "directory" $scratch))) }}
{{- fail (printf "config.backup.scratch-directory is %s, where no volume is mounted: leave it out and set scratch.enabled, or mount a volume there by extraVolumeMounts" $scratch) }}
{{- end }}
{{- if and (dig "backup" "restore-check-schedule" "" .Values.config) (not $scratch) (not .Values.scratch.enabled) }}
{{- fail (printf "config.backup.restore-check-schedule restores the database into /tmp, and beyond tmp.sizeLimit (%s) the pod is evicted: set scratch.enabled and scratch.size, or config.backup.scratch-directory" .Values.tmp.sizeLimit) }}
{{- end }}
{{- end }}

{{/* What the cluster has already, and Kubernetes does not let change. An upgrade asks the cluster, `helm template` does not. */}}
{{- define "lightningdb.validateCluster" -}}
{{- if .Release.IsUpgrade }}
{{- $name := include "lightningdb.fullname" . }}
{{- with lookup "apps/v1" "StatefulSet" .Release.Namespace $name }}
{{- $set := . }}
{{- $remedy := printf "Kubernetes does not let that change, and nothing was changed. Set the value back, or, once the volume itself is as you want it, run `kubectl delete statefulset -n %s %s --cascade=orphan`, which leaves the pod and its volume, and upgrade again: see Resizing in the chart's README" $.Release.Namespace $name }}
{{- $selected := include "lightningdb.selectorLabels" $ | fromYaml }}
{{- if ne (toJson $selected) (toJson .spec.selector.matchLabels) }}
{{- fail (printf "nameOverride or the release's name selects pods by %s, and the StatefulSet %s in the cluster by %s. %s" (toJson $selected) $name (toJson .spec.selector.matchLabels) $remedy) }}
{{- end }}
{{- $claims := default list .spec.volumeClaimTemplates }}
{{- if and $claims $.Values.persistence.existingClaim }}
{{- fail (printf "persistence.existingClaim is %s, and the StatefulSet %s in the cluster has a claim of its own, data-%s-0. %s" $.Values.persistence.existingClaim $name $name $remedy) }}
{{- end }}
{{- if not (or $claims $.Values.persistence.existingClaim) }}
{{- fail (printf "persistence.existingClaim is empty, and the StatefulSet %s in the cluster uses an existing claim. %s" $name $remedy) }}
{{- end }}
{{- if not $.Values.persistence.existingClaim }}
{{- $claim := first $claims }}
{{- $size := toString $claim.spec.resources.requests.storage }}
{{- if ne (include "lightningdb.bytes" $size) (include "lightningdb.bytes" $.Values.persistence.size) }}
{{- fail (printf "persistence.size is %s, and %s in the StatefulSet %s in the cluster. %s" (toString $.Values.persistence.size) $size $name $remedy) }}
{{- end }}
{{- $labels := mergeOverwrite dict (default dict $.Values.persistence.labels) $selected }}
{{- range $pair := list
      (list "storageClass" (default "" $.Values.persistence.storageClass) (default "" $claim.spec.storageClassName))
      (list "accessMode" (list $.Values.persistence.accessMode) $claim.spec.accessModes)
      (list "annotations" (default dict $.Values.persistence.annotations) (default dict $claim.metadata.annotations))
      (list "labels" $labels (default dict $claim.metadata.labels))
      (list "selector" (default dict $.Values.persistence.selector) (default dict $claim.spec.selector)) }}
{{- if ne (toJson (index $pair 1)) (toJson (index $pair 2)) }}
{{- fail (printf "persistence.%s is %s, and %s in the StatefulSet %s in the cluster. %s" (index $pair 0) (toJson (index $pair 1)) (toJson (index $pair 2)) $name $remedy) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
