{{/* application.yaml of the pod: what the chart decides, the settings from config, then extraConfig. */}}
{{- define "lightningdb.applicationYaml" -}}
{{- $own := dict
      "server" (dict "address" "0.0.0.0" "port" 8080)
      "lightning" (merge (dict "data-directory" (include "lightningdb.dataDirectory" .)) (deepCopy .Values.config)) }}
{{- if and .Values.scratch.enabled (not (dig "backup" "scratch-directory" "" .Values.config)) }}
{{- $_ := set $own.lightning "backup" (merge (dict "scratch-directory" (include "lightningdb.scratchPath" .)) (default dict $own.lightning.backup)) }}
{{- end }}
{{- if .Values.tls.existingSecret }}
{{- $path := include "lightningdb.tlsPath" . }}
{{- $pem := dict
      "reload-on-update" true
      "keystore" (dict "certificate" (printf "%s/tls.crt" $path) "private-key" (printf "%s/tls.key" $path)) }}
{{- if ne .Values.tls.clientAuth "none" }}
{{- $_ := set $pem "truststore" (dict "certificate" (printf "%s/ca.crt" $path)) }}
{{- end }}
{{- $_ := set $own.server "ssl" (dict "bundle" "server" "client-auth" .Values.tls.clientAuth) }}
{{- $_ := set $own "spring" (dict "ssl" (dict "bundle" (dict "pem" (dict "server" $pem)))) }}
{{- end }}
{{- if .Values.management.port }}
{{- $_ := set $own "management" (dict "server" (dict "port" (int64 .Values.management.port) "address" "0.0.0.0" "ssl" (dict "enabled" false))) }}
{{- end }}
{{- mergeOverwrite (deepCopy .Values.extraConfig) $own | toYaml }}
{{- end }}
