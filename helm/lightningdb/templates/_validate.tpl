{{/* Refuses combinations that the schema cannot see, or cannot explain. */}}
{{- define "lightningdb.validate" -}}
{{- $requests := toString .Values.resources.requests.memory }}
{{- $limits := toString .Values.resources.limits.memory }}
{{- if ne $requests $limits }}
{{- fail (printf "resources.requests.memory (%s) must equal resources.limits.memory (%s): the heap is sized by the limit, and memory that is not reserved can be taken back" $requests $limits) }}
{{- end }}
{{- if hasKey .Values.extraConfig "lightning" }}
{{- fail "extraConfig.lightning is not read: put the settings of the database under config" }}
{{- end }}
{{- range $name := list "port" "address" }}
{{- if hasKey (default dict $.Values.extraConfig.server) $name }}
{{- fail (printf "extraConfig.server.%s is set by the chart: clients connect to service.port" $name) }}
{{- end }}
{{- if and $.Values.management.port (hasKey (dig "management" "server" dict $.Values.extraConfig) $name) }}
{{- fail (printf "extraConfig.management.server.%s is set by the chart: probes and Prometheus connect to management.port" $name) }}
{{- end }}
{{- end }}
{{- if and .Values.tls.existingSecret (dig "server" "ssl" "" .Values.extraConfig) }}
{{- fail "extraConfig.server.ssl is set by the chart, for tls.existingSecret is set: choose one of them" }}
{{- end }}
{{- if and (eq .Values.tls.clientAuth "need") (not .Values.management.port) }}
{{- fail "tls.clientAuth is need, so management.port must be set: probes have no certificate" }}
{{- end }}
{{- if and (ne .Values.tls.clientAuth "none") (not .Values.tls.existingSecret) }}
{{- fail "tls.clientAuth asks for certificates of clients, so tls.existingSecret must name a secret with tls.crt, tls.key and ca.crt" }}
{{- end }}
{{- if eq (int64 .Values.management.port) 8080 }}
{{- fail "management.port is 8080, where the clients are: choose another one, or 0 for the same" }}
{{- end }}
{{- if .Values.restore.enabled }}
{{- $source := include "lightningdb.restoreSource" . }}
{{- if not $source }}
{{- fail "restore.enabled is true, so restore.source or config.backup.directory must say where the backups are" }}
{{- end }}
{{- if and (not (hasPrefix "s3://" $source)) (not (include "lightningdb.mounted" (dict "root" . "directory" $source))) }}
{{- fail (printf "restore.source is the directory %s, so backups.existingClaim must name the volume claim that has it, mounted at %s, or extraVolumeMounts another volume" $source (include "lightningdb.backupsPath" .)) }}
{{- end }}
{{- if not .Values.restore.tokens }}
{{- fail "restore.tokens is empty, and backups have no tokens: say none, so that the admin token alone is valid, or the file whose tokens are valid again, such as data/TOKENS" }}
{{- end }}
{{- if and .Values.restore.toVersion .Values.restore.toTime }}
{{- fail "restore.toVersion and restore.toTime are both set: choose one of them" }}
{{- end }}
{{- if .Values.maintenance.enabled }}
{{- fail "restore.enabled and maintenance.enabled are both true: a restore needs the volume for itself" }}
{{- end }}
{{- if eq .Values.persistence.retention.whenScaled "Delete" }}
{{- fail "restore.enabled scales the database to zero, and persistence.retention.whenScaled is Delete: set it to Retain first, or the volume goes" }}
{{- end }}
{{- end }}
{{- $stop := add .Values.preStopSleepSeconds 30 }}
{{- if le (int64 .Values.terminationGracePeriodSeconds) $stop }}
{{- fail (printf "terminationGracePeriodSeconds (%d) must exceed preStopSleepSeconds and the 30 s in which requests drain (%d), and leave time for the flush" (int64 .Values.terminationGracePeriodSeconds) $stop) }}
{{- end }}
{{- if hasKey .Values.tests "image" }}
{{- fail "tests.image is gone: helm test runs the image of the database (image.repository, image.tag, image.digest), and needs no other. Leave it out, and upgrade with --reset-then-reuse-values" }}
{{- end }}
{{- if and .Values.tests.clientCertificate.existingSecret (not (hasPrefix "https://" (include "lightningdb.testUrl" .))) }}
{{- fail (printf "tests.clientCertificate.existingSecret is set, and helm test connects to %s, where no certificate is shown: set tls.existingSecret, or tests.url to an address that begins with https://" (include "lightningdb.testUrl" .)) }}
{{- end }}
{{- include "lightningdb.validatePod" . }}
{{- include "lightningdb.validateVolumes" . }}
{{- include "lightningdb.validateMemory" . }}
{{- include "lightningdb.validateNetwork" . }}
{{- include "lightningdb.validateCluster" . }}
{{- end }}

{{/* Names that the chart has given away already, and those that are given twice. */}}
{{- define "lightningdb.validatePod" -}}
{{- $selecting := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/managed-by" "helm.sh/chart" }}
{{- range $value := list "commonLabels" "podLabels" "persistence.labels" "service.labels" "ingress.labels" "httpRoute.labels" "serviceMonitor.labels" "prometheusRule.labels" "grafanaDashboard.labels" }}
{{- $labels := $.Values }}
{{- range splitList "." $value }}{{ $labels = default dict (get $labels .) }}{{ end }}
{{- range $label := $selecting }}
{{- if hasKey $labels $label }}
{{- fail (printf "%s has the label %s, by which resources are found: the chart sets it" $value $label) }}
{{- end }}
{{- end }}
{{- end }}
{{- if hasKey (merge dict (default dict .Values.podAnnotations) (default dict .Values.commonAnnotations)) "checksum/config" }}
{{- fail "podAnnotations and commonAnnotations cannot have checksum/config: the chart sets it, so that a changed configuration restarts the pod" }}
{{- end }}
{{- $set := dict
      "SPRING_CONFIG_ADDITIONAL_LOCATION" "config and extraConfig"
      "JAVA_TOOL_OPTIONS" "java.options"
      "LIGHTNING_SECURITY_ADMINTOKENHASH" "adminToken"
      "LIGHTNING_CURSORSECRET" "cursorSecret"
      "LIGHTNING_BACKUP_S3_ENDPOINT" "config.backup.s3.endpoint"
      "LIGHTNING_BACKUP_S3_REGION" "config.backup.s3.region"
      "LIGHTNING_BACKUP_S3_PATHSTYLE" "config.backup.s3.path-style" }}
{{- if .Values.backups.credentials.existingSecret }}
{{- $_ := set $set "AWS_ACCESS_KEY_ID" "backups.credentials" }}
{{- $_ := set $set "AWS_SECRET_ACCESS_KEY" "backups.credentials" }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if hasKey $set .name }}
{{- fail (printf "extraEnv has %s, which the chart sets: use %s" .name (get $set .name)) }}
{{- end }}
{{- end }}
{{- include "lightningdb.validateOnce" (dict "value" "extraEnv" "items" .Values.extraEnv "taken" (list)) }}
{{- include "lightningdb.validateOnce" (dict "value" "initContainers or sidecars" "items" (concat .Values.initContainers .Values.sidecars) "taken" (list "lightningdb" "restore")) }}
{{- if and (eq .Values.updateStrategy.type "OnDelete") .Values.updateStrategy.rollingUpdate }}
{{- fail "updateStrategy.type is OnDelete, so updateStrategy.rollingUpdate has no effect: leave it out" }}
{{- end }}
{{- end }}

{{/* Fails where two of `items` have one name, or one of `taken`, those of the chart. */}}
{{- define "lightningdb.validateOnce" -}}
{{- $seen := .taken }}
{{- range .items }}
{{- if has .name $.taken }}
{{- fail (printf "%s has %s, a name that the chart uses itself: choose another one" $.value .name) }}
{{- end }}
{{- if has .name $seen }}
{{- fail (printf "%s has %s twice" $.value .name) }}
{{- end }}
{{- $seen = append $seen .name }}
{{- end }}
{{- end }}
